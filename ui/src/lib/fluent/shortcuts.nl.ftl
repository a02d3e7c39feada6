### Wat elke toets doet, in de lijst van sneltoetsen en in het zoekvenster. Alleen wat nu werkt staat erin.

shortcuts-title = Sneltoetsen
shortcuts-lead = Wat op dit scherm werkt.
shortcuts-single = Losse letters werken als de kaart of een lijst de focus heeft. Je zet ze uit bij Instellingen, Toetsenbord.
shortcuts-single-off = Losse letters staan uit. Je zet ze aan bij Instellingen, Toetsenbord.

group-everywhere = Overal
group-projects = Projecten
group-project = Project
group-map = Kaart
group-table = Lijsten en tabellen

shortcut-palette = Ga naar een project of instelling
shortcut-help = Sneltoetsen
shortcut-panel = Volgend paneel
shortcut-close = Sluit wat bovenop ligt
shortcut-filter = Filteren
shortcut-refresh = Kijk opnieuw
shortcut-open = Openen
shortcut-pin = Vastzetten of losmaken
shortcut-rename = Naam wijzigen
shortcut-trash = Naar de prullenbak
shortcut-new = Nieuw project
shortcut-save = Versie bewaren
shortcut-table = Tabel met objecten
shortcut-layers = Kaartlagen
shortcut-versions = Versies
shortcut-select = Selecteren
shortcut-measure = Meten
shortcut-pan = Kaart verschuiven
shortcut-zoom-in = Inzoomen
shortcut-zoom-out = Uitzoomen
shortcut-zoom-all = Alles tonen
shortcut-feature = Volgende object in beeld
shortcut-move = Volgende of vorige rij
shortcut-ends = Eerste of laatste rij
shortcut-choose = Rij kiezen
shortcut-fold = Kaartlaag in- of uitklappen
shortcut-hide = Kaartlaag tonen of verbergen
shortcut-layer-order = Kaartlaag omhoog of omlaag
