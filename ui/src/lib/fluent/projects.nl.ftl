## De lijst van projecten
projects-whose = Wiens projecten
projects-share-all = Alle
projects-share-yours = Van jou
projects-share-shared = Met jou gedeeld
projects-filter = Filter op naam
projects-sort = Sorteren op
projects-by-changed = Laatst gewijzigd
projects-by-name = Naam
projects-by-size = Grootte
projects-by-owner = Eigenaar
projects-by-right = Je recht
projects-by-version = Versie
projects-view = Bekijken als
projects-view-cards = Kaartjes
projects-view-list = Lijst
projects-pinned = Vastgezet
projects-rest = Alle projecten
projects-pin = { $name } vastzetten
projects-pin-on = Bovenaan vastzetten
projects-pin-off = Losmaken
projects-who-when = { $name }, { $when }
projects-stale = Dit is de lijst zoals ze was; er kan intussen iets gewijzigd zijn.
projects-none = Geen projectnaam bevat “{ $text }”
projects-none-hint = { $count ->
    [one] Je hebt { $shown } project.
   *[other] Je hebt { $shown } projecten.
  }
projects-none-all = Niets om te tonen
projects-none-yours = Je hebt nog geen eigen projecten
projects-none-shared = Nog niemand deelt een project met je
projects-show-all = Alle projecten tonen
## Once, for somebody who is new on this computer
welcome-title = Welkom, { $name }
welcome-projects = In deze lijst staan de projecten in { $domain } die je mag openen. De beheerder bepaalt welke dat zijn.
welcome-palette = Naar elk project en elke instelling
welcome-keys = Bekijk alles wat je met toetsen kunt doen
welcome-settings = Kies je taal en licht of donker bij de instellingen
welcome-appearance = Instellingen openen
welcome-done = Begrepen
