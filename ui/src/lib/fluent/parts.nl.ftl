### Woorden die onderdelen van zichzelf hebben.

clear = Leegmaken
sort-by = Sorteer op { $column }

## Toetsen met een naam. Wat hier ontbreekt, staat er zoals het is.
key-space = Spatie
key-del = Del
