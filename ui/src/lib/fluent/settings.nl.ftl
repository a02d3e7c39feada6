### Instellingen, op deze computer.

settings-title = Instellingen
settings-pages = Pagina's met instellingen

settings-appearance-lead = Op deze computer, meteen.
settings-theme = Licht of donker
settings-theme-note = Kaarten gaan mee.
settings-theme-system = Zoals deze computer
settings-theme-light = Licht
settings-theme-dark = Donker
settings-language = Taal
settings-language-note = Datums, getallen en groottes volgen je regio.

settings-keyboard-lead = Alles in Polder werkt zonder muis.
settings-single = Losse letters
settings-single-note = Zoals T voor de tabel, als de kaart of een lijst de focus heeft. Toetsen met Ctrl of ⌘ werken altijd.
settings-single-label = Losse letters gebruiken
settings-all-keys = Alle sneltoetsen
settings-all-keys-note = Die van het scherm waarop je bent.
settings-show-keys = Toon ze

settings-network-lead = Hoe Polder het platform bereikt. Een wijziging telt vanaf de volgende start; waar je mee bezig bent, gaat door.

settings-about-lead = Je planprojecten, op een eigen plek.
about-version = Versie { $version }
about-verified = Gecontroleerd
about-verified-newest = Dit is de nieuwste Polder, onveranderd sinds hij gemaakt is.
about-verified-whole = Onveranderd sinds hij gemaakt is.
update-now-none = Je hebt de nieuwste versie.
update-now-fetching = { $version ->
    [none] Een nieuwere versie komt binnen.
   *[other] Versie { $version } komt binnen.
  }
update-now-ready = { $version ->
    [none] Een nieuwere versie staat klaar. Ze start de volgende keer.
   *[other] Versie { $version } staat klaar. Ze start de volgende keer.
  }
update-now-paused = Er wordt nu niets opgehaald. Bij de volgende start haalt Polder de nieuwste versie op voor het opengaat.
update-now-outdated = { $version ->
    [none] De tijd van deze versie is om. Maak af waar je mee bezig bent en herstart dan.
   *[other] Versie { $version } neemt het over van deze. Maak af waar je mee bezig bent en herstart dan.
  }
update-fetch = Nieuwe versies ophalen terwijl ik werk
update-fetch-note = Langzaam, op de achtergrond; dan wacht de volgende start nergens op.
update-news = Wat er nieuw is
update-news-note = In versie { $version }.
update-news-none = De makers van versie { $version } zeggen er niets over.
update-news-show = Lezen
about-checked = Gecontroleerd
about-checked-at = { $when }, bij { $host }
about-list = Ondertekende lijst van versies
about-list-until = geldig tot { $when }; Polder haalt zelf een nieuwere op
about-details = Details
about-program = Vingerafdruk van dit programma
about-program-note = SHA-256
about-key = Sleutel van de ondertekenaar
about-key-note = minisign
about-copy = Details kopiëren
about-details-text = Polder { $version }
    host { $host }
    gecontroleerd { $checked }
    geldig tot { $until }
    programma sha256 { $program }
    minisign-sleutel { $key }
about-licences = Licenties
about-licences-lead = { $count ->
    [one] Polder is gemaakt met het werk van anderen: één bibliotheek.
   *[other] Polder is gemaakt met het werk van anderen: { $shown } bibliotheken.
  }
about-licences-find = Zoek een bibliotheek of licentie
about-licences-none = Geen bibliotheek of licentie bevat deze letters.
about-licences-found = { $shown } gevonden
about-licences-loading = De licenties komen eraan
about-licences-failed = De licenties konden niet getoond worden.
about-licences-again = Sluit deze pagina en open hem opnieuw.
about-licences-no-text = De makers leveren geen eigen tekst mee. De licentie is { $licence }.
