### Het kader om elk scherm: kop, menu van de persoon, zoekvenster.

frame-screens = Schermen
frame-person = { $name }: instellingen, afmelden
frame-role = { $role }, { $domain }
frame-settings = Instellingen
frame-people = Mensen
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

## De volgende versie
update-title = Updates
update-restart = Nu herstarten
update-ready = { $version ->
    [none] Een nieuwere versie staat klaar. Ze start de volgende keer.
   *[other] Versie { $version } staat klaar. Ze start de volgende keer.
  }
update-over = { $version ->
    [none] De tijd van deze versie is om. Herstart als je klaar bent.
   *[other] Versie { $version } neemt het over van deze. Herstart als je klaar bent.
  }

# De tijd van deze versie is om terwijl iemand ermee werkt.
over-platform-title = Er is een nieuwere Polder
over-platform = { $version ->
    [none] Het platform neemt van deze versie niets meer aan. Wat bewaard is, is veilig.
   *[other] Versie { $version } is uit en het platform neemt van deze niets meer aan. Wat bewaard is, is veilig.
  }
over-list-title = Polder moet opnieuw controleren
over-list = { $version ->
    [none] De ondertekende versielijst is verlopen, dus niemand kan zien of dit de nieuwste Polder is. Wat bewaard is, is veilig.
   *[other] De ondertekende versielijst is verlopen en versie { $version } is nieuwer. Wat bewaard is, is veilig.
  }
over-finish = Maak af waar je mee bezig bent en herstart dan. Polder komt vanzelf terug, gecontroleerd en in de nieuwste versie.
over-restart = Herstart Polder: het komt vanzelf terug, gecontroleerd en in de nieuwste versie.
over-later = Eerst afmaken
over-not-now = Niet nu

## Wat er nieuw is
news-title = Nieuw in versie { $version }

## The pages of the settings, also by their names in the palette
settings-appearance = Weergave
settings-keyboard = Toetsenbord
settings-network = Netwerk
settings-about = Over Polder
