### Mensen, voor de beheerders van een domein. Gelezen als het voor het eerst wordt bekeken.

people-title = Mensen
people-count = { $count ->
    [one] Eén persoon in { $domain }
   *[other] { $shown } mensen in { $domain }
  }
people-add = Iemand toevoegen…
people-loading = De mensen komen eraan
people-filter = Naam of e-mailadres
people-refresh = Opnieuw kijken
people-stale = Deze lijst is zoals ze een tijdje geleden was.
people-list = De mensen van { $domain }
people-alone = Er is nog niemand anders
people-alone-hint = Voeg toe met wie je werkt. Ze krijgen een brief met een code en kiezen zelf een wachtwoord.
people-none = Niemand hier heet “{ $text }”
people-none-state = Zo staat niemand ervoor
people-show-all = Toon iedereen

people-name = Naam
people-role = Rol
people-step = Tweede stap
people-seen = Laatst hier
people-state = Staat
people-do = Wat te doen
people-more = Wat te doen voor { $name }
people-you = Jij

people-role-manager = Beheerder
people-role-editor = Bewerker
people-role-host = Starter
people-role-viewer = Kijker
people-role-manager-means = Beslist wie toegang heeft, en waartoe.
people-role-editor-means = Wijzigt projecten en maakt nieuwe.
people-role-host-means = Opent projecten en start ze voor anderen.
people-role-viewer-means = Opent de projecten die anderen delen.

people-step-on = Aan
people-step-off = Uit
people-seen-never = nooit

people-state-all = Iedereen
people-state-active = Actief
people-state-invited = Nog geen wachtwoord
people-state-closed = Vergrendeld
people-state-off = Uitgezet
people-state-counted = { $state } ({ $count })
people-code-until = code geldt tot { $when }
people-code-over = de tijd van de code is om
people-closed-until = opent om { $when }
people-closed-open = tot je het opent

people-act-letter = Een nieuwe code sturen
people-act-unlock = Het slot openen
people-act-second-step = De tweede stap wegnemen…
people-act-off = Aanmelden uitzetten…
people-act-on = Aanmelden aanzetten
people-why-second-step-self = Die van jou staat onder Mijn account
people-why-second-step-manager = Voor een beheerder doet alleen een operator van Polder dit
people-why-off-self = Niemand doet dit bij zichzelf
people-why-on-self = Niemand doet dit bij zichzelf

people-done-letter = Een brief met een nieuwe code is onderweg naar { $email }. De code van eerder telt niet meer.
people-done-unlock = Nieuwe apparaten kunnen zich weer aanmelden bij het account van { $name }.
people-done-second-step = { $name } heeft geen tweede stap meer. Een brief met een code om opnieuw te beginnen is onderweg naar { $email }.
people-done-off = { $name } is overal afgemeld en kan zich niet aanmelden.
people-done-on = { $name } kan zich weer aanmelden.
people-done-add = { $name } is toegevoegd. Een brief met een code is onderweg naar { $email }.
people-changed = Dit was intussen veranderd, dus is er niets gedaan. De lijst is nu weer nieuw.

people-ask-second-step = De tweede stap van { $name } wegnemen?
people-ask-second-step-what = Voor wie zowel de authenticator als de herstelcodes kwijt is. Wees zeker dat het { $name } is die het je vraagt.
people-ask-second-step-signed-out = { $name } wordt overal afgemeld, en het wachtwoord telt niet meer.
people-ask-second-step-letter = Er gaat een brief met een code naar { $email }. Daarmee kiest { $name } een nieuw wachtwoord en stelt een nieuwe tweede stap in waar die wordt gevraagd.
people-ask-second-step-you = Jij ziet de code niet, en het wachtwoord ook niet.
people-ask-second-step-yes = Wegnemen
people-ask-off = Aanmelden uitzetten voor { $name }?
people-ask-off-what = { $name } wordt meteen overal afgemeld en kan zich niet aanmelden tot je het weer aanzet. Projecten en alles wat is opgeslagen, blijven zoals ze zijn.
people-ask-off-yes = Uitzetten
people-ask-back = Annuleren

people-add-title = Iemand toevoegen
people-add-lead = Diegene krijgt een brief met een code en kiest zelf een wachtwoord. Jij ziet het nooit.
people-add-name = Naam
people-add-name-help = Zoals anderen die zien
people-add-name-needed = Typ een naam.
people-add-email = E-mail
people-add-email-needed = Typ een e-mailadres waar een brief kan aankomen.
people-add-role = Rol
people-add-language = Taal van de brief
people-add-yes = Toevoegen en de brief sturen

err-password-there = Deze persoon heeft een wachtwoord, dus er is geen code voor een eerste verstuurd.
  .title = Er is een wachtwoord
rec-password-there = Wie het vergeten is, kan bij het aanmelden een code vragen.

err-email-taken = Er is al een account met dit e-mailadres.
  .title = E-mailadres in gebruik
rec-email-taken = Gebruik een ander e-mailadres. Is iemand het wachtwoord vergeten, dan kan die bij het aanmelden een code vragen.
