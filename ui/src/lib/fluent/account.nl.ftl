### Mijn account. Gelezen als het voor het eerst wordt bekeken.

account-title = Mijn account
account-lead = { $name }, { $email }

devices-title = Apparaten
devices-lead = Waar je bent aangemeld. Een apparaat dat je niet kent: meld het af en wijzig dan je wachtwoord.
devices-this = Dit apparaat
devices-locked = Vergrendeld
devices-unnamed = Een apparaat
devices-used = laatst gebruikt { $when }
devices-since = aangemeld { $when }
devices-end = Afmelden
devices-end-named = { $name } afmelden
devices-end-all = Alle andere apparaten afmelden
devices-ended-one = { $name } is afgemeld.
devices-ended = { $count ->
    [one] Eén apparaat is afgemeld.
   *[other] { $count } apparaten zijn afgemeld.
  }
devices-stays = { $days ->
    [0] Blijft aangemeld tot het { $minutes } minuten niet is gebruikt.
    [one] Blijft aangemeld tot het een dag niet is gebruikt.
   *[other] Blijft aangemeld tot het { $days } dagen niet is gebruikt.
  }
devices-stays-not = Aangemeld tot Polder sluit, zoals je bij het aanmelden koos.
devices-stays-domain = Aangemeld tot Polder sluit: in jouw organisatie blijft geen apparaat aangemeld.

locking-title = Vergrendelen
locking-lead = Een vergrendelde Polder toont niets en geeft niets voordat je je wachtwoord hebt getypt, ook na een herstart.
locking-idle = Als je weg bent
locking-idle-note = { $minutes ->
    [0] Na zo lang zonder toets of muis.
    [one] Na zo lang zonder toets of muis. Jouw organisatie vraagt ten hoogste een minuut.
   *[other] Na zo lang zonder toets of muis. Jouw organisatie vraagt ten hoogste { $minutes } minuten.
  }
locking-after = { $minutes ->
    [0] Nooit
    [one] Na een minuut
    [60] Na een uur
   *[other] Na { $minutes } minuten
  }
locking-screen = Als het scherm vergrendelt
locking-screen-note = Waar deze computer meldt dat dat gebeurt.
locking-sleep = Voordat deze computer slaapt
locking-sleep-note = Waar deze computer meldt dat dat gaat gebeuren.
locking-domain = Jouw organisatie vraagt dit.
locking-now = Nu vergrendelen
locking-now-note = Wat op het scherm staat, gaat weg; wat is opgeslagen, is veilig.
locking-now-do = Vergrendelen
