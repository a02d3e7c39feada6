### Het kader om elk scherm: kop, menu van de persoon, zoekvenster.

frame-screens = Schermen
frame-person = { $name }: instellingen, afmelden
frame-role = { $role }, { $domain }
frame-settings = Instellingen
frame-about = Over Polder
shortcut-panel-back = Vorig paneel

palette-title = Ga naar een project of instelling
palette-found = Gevonden
palette-none = Niets begint hier zo. Probeer minder letters.
palette-count = { $count ->
    [one] { $count } gevonden
   *[other] { $count } gevonden
  }
palette-project = Project
palette-screen = Scherm
palette-setting = Instelling
palette-action = Doen
palette-settings-page = Instellingen: { $page }
palette-theme-system = Weergave: zoals deze computer
palette-theme-light = Weergave: licht
palette-theme-dark = Weergave: donker
palette-language = Taal: { $language }
