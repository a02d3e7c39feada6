### Polder's words in English. Short, active, present tense; "you" and "Polder"; sentence case.
### An error is what happened (err-), then what you can do (rec-). "-gate" variants are for the gate only.

## Parts
close = Close
try-again = Try again
copy = Copy
copied = Copied
copy-failed = Copying did not work. Select the text and copy it by hand.
code-reference = Code { $reference }
what-you-can-do = What you can do
loading = Loading
choose-language = Language
day-at-time = { $day } at { $time }

## Gate
gate-title = Is this the newest Polder?
gate-lead = One moment. Polder opens when this is certain.
gate-reaching = Connecting to the platform
gate-verifying = Reading the signed list of versions
gate-comparing = Comparing with this program
gate-bytes = { $done } of { $total }
gate-downloading = Getting { $version ->
    [none] the newest version
   *[other] version { $version }
  }
gate-downloading-lead = Polder starts by itself when it is in place and verified.
gate-unpacking = Unpacking { $version ->
    [none] the newest version
   *[other] version { $version }
  }
gate-unpacking-lead = Each file is verified on its way to its place.
gate-starting = Starting { $version ->
    [none] the newest version
   *[other] version { $version }
  }
gate-starting-lead = This window closes, and the new one opens.
gate-left = about { $time } left
gate-import = Import update file…
gate-done = { $step }: done
gate-now = { $step }: under way
gate-later = { $step }: not yet
gate-copy = Copy details for IT
gate-quit = Quit
gate-version = Version { $version }
gate-code = Code { $reference }, { $time }
gate-details = Details for IT
gate-opening = Opening
gate-opening-lead = Looking whether you are still signed in.

# Network settings, at the gate and at the door.
network-title = Network
network-open = Network settings
network-system = As this computer is set
network-system-none = now: no proxy
network-system-proxy = now: { $address }
network-system-pac = now: a script, which Polder cannot read
network-direct = Without a proxy
network-manual = Through this proxy
network-host = Proxy
network-port = Port
network-user = User name, if it asks
network-password = Password
network-password-kept = kept
network-host-wrong = Such as proxy.example.org.
network-port-wrong = 1 to 65535.
network-user-wrong = Without a colon.
network-save = Use and check
network-keep = Save
network-kept = Saved. Polder goes this way from its next start on.
network-back = Back

## Sign-in
sign-in-title = Sign in
sign-in-host = to { $host }
sign-in-email = E-mail
sign-in-password = Password
sign-in-show = Show
sign-in-hide = Hide
sign-in-show-label = Show password
sign-in-hide-label = Hide password
sign-in-stay = Stay signed in on this computer
sign-in-continue = Continue
sign-in-busy = Checking
sign-in-email-needed = Type your e-mail.
sign-in-password-needed = Type your password.
sign-in-checked = Version { $version }, checked { $when }

## Code
code-title = Type the six digits
code-lead = They are in your authenticator app, under Polder.
code-label = Six-digit code
code-help = A new code appears every 30 seconds. Pasting works too.
code-sign-in = Sign in
code-short = Type all six digits.
code-back = Sign in as somebody else

## Enrolment
enrol-title = Add your second step
enrol-lead = { $domain } asks for it: a code from your phone, besides your password.
enrol-scan = Scan this with your phone
enrol-apps = Any authenticator app will do, such as Aegis, 2FAS, or the one in your password manager.
enrol-qr = QR code with the key for your authenticator app
enrol-key = Or type this key
enrol-copy-key = Copy key
enrol-type = Type the six digits that it shows
enrol-turn-on = Turn on
enrol-help = The key is shown only here and now. From the next sign-in on, Polder asks for a code.

## Being remembered
not-remembered-dismiss = Understood

## Signed out, but not everywhere
signed-out-title = You are signed out here
signed-out-platform = The platform could not be told. It ends the session by itself after a while.
signed-out-platform-remedy = To end it at once, sign in and out again when the connection is back.
signed-out-keychain = What Polder keeps in the locked place of this computer could not be removed.
signed-out-keychain-remedy = Unlock it, then sign in and out once more.

## Projects
projects-title = Projects
projects-sign-out = Sign out
projects-signing-out = Signing out
projects-name = Name
projects-owner = Owner
projects-version = Version
projects-saved = Last saved
projects-right = Your right
projects-size = Size
projects-you = You
projects-loading = Loading your projects
projects-empty-title = Nothing here yet
projects-empty = Nobody has granted you a project, and you have none of your own.
projects-empty-hint = Ask a colleague in { $domain } to grant you one, then look again.
projects-refresh = Look again
right-yours = Yours
right-write = Can change
right-read = View only
role-viewer = viewer
role-host = host
role-editor = editor
role-manager = manager

## Project
project-back = Projects
project-breadcrumb = Where you are
project-loading = Opening the project
project-saved-you = Version { $number }, saved { $when } by you
project-saved = Version { $number }, saved { $when } by { $name }
project-layers = Layers
project-layer-show = Show { $layer }
project-layer-loading = Loading
project-layer-retry = Try again
project-layers-progress = { $done } of { $all } layers are in
project-layer-summary = { $features } features, { $size }
project-no-layers = This version holds no layers.
project-map = Map of { $name }. The table of features lists the same.
project-zoom-in = Zoom in
project-zoom-out = Zoom out
project-zoom-all = Show all
project-scale = Scale: { $length }
project-table = Table of features
project-table-close = Close the table of features
project-table-layer = Layer
project-table-filter = Filter rows
project-table-none = No row holds that text.
project-table-empty = This layer has no features.
project-table-rows = { $count ->
    [one] { $shown } feature
   *[other] { $shown } features
  }
project-table-some = { $shown } of { $all } features
project-table-waiting = This layer is still coming in.
project-table-number = No.
feature-close = Close the card
feature-layer = Layer
feature-zoom = Zoom to
feature-bare = Nothing more is known about it.

## What happened, and what you can do
err-malformed = The platform could not read what Polder asked. Nothing was changed.
  .title = Polder was not understood
rec-malformed = Try again. If it happens again, give IT the code.

err-credentials-wrong = That e-mail and password do not belong together.
  .title = Not signed in
rec-credentials-wrong = Check both, then try again.

err-code-wrong = That code is not right, or was used before.
  .title = Not this code
rec-code-wrong = Wait for the next one.

err-too-many-tries = There were several wrong tries at this account, so the next one has to wait.
  .title = One moment
rec-too-many-tries = Try again when the time is up. On a computer where you signed in before you need not wait for others’ tries.

err-tries-used-up = There were a hundred wrong tries at this account. Until somebody opens it again, only computers that signed in to it before get in.
  .title = Closed to new computers
rec-tries-used-up = Set a new password, ask a manager of your domain to unlock it, or sign in on a computer where you did before.

err-address-blocked = Too many wrong tries came from your network, so computers there that Polder does not know have to wait.
  .title = Your network has to wait
rec-address-blocked = Try again when the time is up, or use another network.

err-logins-off = Signing in is switched off for now. What you saved is safe.
  .title = Signing in is off
rec-logins-off = Try again later. A manager of your domain knows more.

err-recovery-code-wrong = That recovery code is not right, or was used before.
  .title = Not this code
rec-recovery-code-wrong = Check it letter by letter, or use another one.

err-second-step-required = Your domain asks for a second step, so it stays on.
  .title = It stays on
rec-second-step-required = You can use another authenticator instead.

err-second-step-absent = There is no second step here to change.
  .title = No second step
rec-second-step-absent = Turn it on first.

err-sign-in-over = This sign-in took too long or had too many wrong codes, so it ended.
  .title = Start again
rec-sign-in-over = Type your e-mail and password once more.

err-access-expired = Your session needs to be renewed.
  .title = Your session paused
rec-access-expired = Try again. If that does not help, sign in again.

err-session-over = You were signed out. It was ended here or on another computer, or it was not used for too long.
  .title = You were signed out
rec-session-over = Sign in again to go on.

err-session-locked = Polder is locked.
  .title = Locked
rec-session-locked = Type your password to go on.

err-fresh-sign-in-needed = This takes a sign-in of the last minutes.
  .title = Not done yet
rec-fresh-sign-in-needed = Try again, and type your password when you are asked for it.

err-password-wrong = That is not your password.
  .title = Not this password
rec-password-wrong = Check it, then try again. After five wrong ones you sign in anew.

err-code-needed = A code of your authenticator is needed as well.
  .title = A code, too
rec-code-needed = Type your password and the six digits that it shows now.

err-proof-needed = The platform wants to be sure that this computer is asking.
  .title = One more try
rec-proof-needed = Try again.

err-proof-wrong = The platform could not tell that this computer is asking. Nothing was changed.
  .title = This computer was not recognised
rec-proof-wrong = Sign in again. If it happens again, give IT the code.

err-enrolment-not-open = Your second step is already on, or this set-up is over.
  .title = Nothing to set up
rec-enrolment-not-open = Sign in again.

err-password-code-wrong = This code does not count: it was mistyped, was used, or its time is over.
  .title = Not this code
rec-password-code-wrong = Compare it with the letter. If that does not help, ask for another code.

err-password-too-short = A new password has at least { $minimum } characters, and 128 at most.
  .title = Not this length
rec-password-too-short = Add some words, or leave some out.

err-password-common = Many people use this password, so it is the first that is tried.
  .title = A common password
rec-password-common = Choose another, such as a few words that do not belong together.

err-password-weak = This password is easy to guess.
  .title = Easy to guess
rec-password-weak = Add a word or two, without names and dates that belong to you.

err-old-password-wrong = The password until now is another one. Nothing was changed.
  .title = Not this password
rec-old-password-wrong = Check it, then try again.

err-email-taken = There is an account with this e-mail already.
  .title = E-mail in use
rec-email-taken = Use another e-mail. If the person forgot the password, they can ask for a code when they sign in.

err-not-allowed = Your role does not allow this. Nothing was changed.
  .title = Not with your role
rec-not-allowed = Ask a manager of your domain.

err-not-found = This does not exist, or it is not shared with you.
  .title = Not found
rec-not-found = Go back to your projects. If somebody promised it to you, ask them to grant it.

err-method-not-allowed = The platform does not do this in that way. Nothing was changed.
  .title = Polder was not understood
rec-method-not-allowed = Give IT the code.

err-too-large = This is larger than the platform takes. Nothing was sent on.
  .title = Too large
rec-too-large = Make it smaller, then try again.

err-not-json = The platform could not read what Polder asked. Nothing was changed.
  .title = Polder was not understood
rec-not-json = Give IT the code.

err-client-outdated = This version of Polder is too old for the platform.
  .title = There is a newer Polder
rec-client-outdated = Restart Polder; it gets the newest version by itself.

err-internal = Something broke on the platform. What you did just now may not have been kept; what was saved is safe.
  .title = Something broke on the platform
rec-internal = Try again in a minute. If it happens again, give IT the code.
err-internal-gate = Something broke on the platform, so Polder cannot see whether this is the newest version. It stays closed.
  .title = Something broke on the platform
rec-internal-gate = Try again in a minute.

err-busy = Too much is being asked at once.
  .title = The platform is busy
rec-busy = { $seconds ->
    [0] Wait a moment, then try again.
    [one] Wait { $seconds } second, then try again.
   *[other] Wait { $seconds } seconds, then try again.
  }
err-busy-gate = The platform is busy and could not say whether this is the newest version. Polder stays closed.
  .title = The platform is busy
rec-busy-gate = Wait a moment, then try again.

err-offline = There is no connection to { $host }. Nothing is lost.
  .title = No connection
rec-offline = Check your network, then try again.
err-offline-gate = Polder cannot see whether this is the newest version, so it stays closed.
  .title = No connection
rec-offline-gate = Check your network, then try again.

err-unreachable = Nobody answers at { $host }. Nothing is lost.
  .title = Nobody answers
rec-unreachable = Try again in a minute. If it stays so, ask IT whether the platform is up.
err-unreachable-gate = Nobody answers at { $host }. Polder cannot see whether this is the newest version, so it stays closed.
  .title = Nobody answers
rec-unreachable-gate = Try again in a minute. If it stays so, ask IT.

err-timed-out = { $host } did not answer in time. Nothing is lost.
  .title = No answer in time
rec-timed-out = Check your network, then try again.
err-timed-out-gate = { $host } did not answer in time. Polder cannot see whether this is the newest version, so it stays closed.
  .title = No answer in time
rec-timed-out-gate = Check your network, then try again.

err-pin-mismatch = What answered in place of { $host } is not the platform that Polder knows and could read along. Polder stopped at once. Nothing was sent.
  .title = Something sits in between
rec-pin-mismatch = Use another network, such as your phone's. At work, ask IT to let Polder through.

err-unknown-issuer = { $issuer ->
    [none] A network device answered in place of { $host } and could read along. Polder stopped at once. Nothing was sent.
   *[other] “{ $issuer }”, a network device, answered in place of { $host } and could read along. Polder stopped at once. Nothing was sent.
  }
  .title = Something sits in between
rec-unknown-issuer = Use another network, such as your phone's. At work, ask IT not to open Polder's connections to { $host }.

err-certificate-time = { $host } showed proof of itself that is out of date, or this computer's clock is wrong. Nothing was sent.
  .title = Out of date
rec-certificate-time = Check this computer's date and time, then try again. If they are right, tell IT.

err-certificate-name = What answered in place of { $host } goes by another name. Polder stopped at once. Nothing was sent.
  .title = Somebody else answered
rec-certificate-name = Use another network, such as your phone's. At work, ask IT to let Polder through.

err-certificate-invalid = { $host } could not prove that it is the platform. Polder stopped at once. Nothing was sent.
  .title = No proof of who answers
rec-certificate-invalid = Use another network. If it stays so, give IT the details.

err-not-secure = What answered in place of { $host } offers no connection that is safe enough. Nothing was sent.
  .title = Not a safe connection
rec-not-secure = Use another network, such as your phone's. At work, ask IT to let Polder through.

err-answer-broken = The answer of { $host } came in damaged or cut off, so Polder did not use it. Nothing is lost.
  .title = A damaged answer
rec-answer-broken = Try again. If it happens again, give IT the code.
err-answer-broken-gate = The answer of { $host } came in damaged or cut off, so Polder did not use it and stays closed.
  .title = A damaged answer
rec-answer-broken-gate = Try again. If it stays so, use another network.

err-proxy-unreachable = The proxy of your network does not answer, so Polder cannot reach { $host }.
  .title = The proxy does not answer
rec-proxy-unreachable = Check the proxy in the network settings, then try again. IT knows its name.

err-proxy-sign-in = The proxy of your network asks for a user name and a password, or does not take the ones it got.
  .title = The proxy asks who you are
rec-proxy-sign-in = Type them in the network settings. IT knows them.

err-proxy-ntlm = The proxy of your network asks for a Windows sign-in (NTLM), which Polder cannot give.
  .title = The proxy asks for a Windows sign-in
rec-proxy-ntlm = Ask IT to let Polder through without it, or use another network.

err-proxy-negotiate = The proxy of your network asks for your organisation's single sign-on (Kerberos), which Polder cannot give.
  .title = The proxy asks for single sign-on
rec-proxy-negotiate = Ask IT to let Polder through without it, or use another network.

err-proxy-refused = The proxy of your network does not let Polder through to { $host }.
  .title = The proxy does not let Polder through
rec-proxy-refused = Ask IT to let Polder through to { $host }, or use another network.

err-proxy-pac = This computer finds its proxy by a script (PAC), which Polder does not read yet.
  .title = The proxy is set by a script
rec-proxy-pac = Set the proxy by hand in the network settings. IT knows its name.

err-metadata-expired = The signed list of versions is out of date, so Polder asks the platform nothing more. Nothing is lost.
  .title = Polder has to check again
rec-metadata-expired = Restart Polder when you are ready; it checks anew.
err-metadata-expired-gate = The signed list of versions is out of date. Nobody can tell whether this is the newest, so Polder stays closed.
  .title = The list is out of date
rec-metadata-expired-gate = Check this computer's date and time and try again. If they are right, tell IT.

err-metadata-invalid = The list of versions is not signed as it should be. Polder does not trust it and stays closed.
  .title = The list is not properly signed
rec-metadata-invalid = Try another network. If it stays so, give IT the details.

err-metadata-rolled-back = The list of versions is older than one that Polder saw before. Polder does not trust it and stays closed.
  .title = An older list came back
rec-metadata-rolled-back = Try another network. If it stays so, give IT the details.

err-clock-wrong = { $clock ->
    [slow] This computer's clock is { $off } slow.
    [fast] This computer's clock is { $off } fast.
   *[unknown] This computer's clock is so wrong that Polder cannot tell what is current.
  }
  .title = The clock is wrong
rec-clock-wrong = { $clock ->
    [unknown] Set this computer's date and time, then try again.
   *[other] Set it to { $time }, then try again.
  }

err-store-unwritable = Polder cannot write in its own folder, so it cannot remember what it verified. It stays closed.
  .title = The folder cannot be written
rec-store-unwritable = Ask IT to let you write in Polder's folder. Its place is in the details.

err-disk-full = The disk is full, so Polder cannot remember what it verified. It stays closed.
  .title = The disk is full
rec-disk-full = Free some space, then try again. What came in so far is kept.

err-outdated = { $newest ->
    [none] This is version { $version }, and there is a newer one. Polder stays closed until it is in place.
   *[other] Version { $newest } is the newest; this is { $version }. Polder stays closed until the newest is in place.
  }
  .title = There is a newer Polder
rec-outdated = { $newest ->
    [none] Install the newest version, then start Polder again. IT can help.
   *[other] Install version { $newest }, then start Polder again. IT can help.
  }

err-altered = This program is not the one that was released as version { $version }. Polder stays closed.
  .title = This program was changed
rec-altered = Install Polder again from where IT keeps it. If it stays so, give IT the details.

err-revoked = Version { $version } was withdrawn and must not run. Polder stays closed.
  .title = This version was withdrawn
rec-revoked = Install the newest version, then start Polder again.

err-no-release = There is no release of Polder for this kind of computer yet. It stays closed.
  .title = Not for this computer
rec-no-release = Ask IT which computers Polder runs on.

err-no-deployment = This Polder was built without a platform to talk to. It stays closed.
  .title = No platform
rec-no-deployment = Install the Polder that your organisation gives out.

err-update-interrupted = The new version came in cut off. What came in so far is kept, and nothing was changed.
  .title = The connection broke off
rec-update-interrupted = Polder goes on by itself in a moment. If it stays so, use another network.

err-no-room = { $room ->
    [known] The new version needs { $needed } and { $free } is free. What came in so far is kept.
   *[unknown] The new version does not fit on the disk, or in the part of it that is yours. What came in so far is kept.
  }
  .title = Too little room
rec-no-room = { $room ->
    [known] Free { $short }, then try again.
   *[unknown] Free some space, then try again.
  }

err-folder-cannot-hold-programs = Your folder on this computer may not hold programs, so Polder cannot put the new version there. Nothing was fetched.
  .title = IT has to install this version
rec-folder-cannot-hold-programs = Give IT this, then start Polder again:

err-release-does-not-start = { $newest ->
    [none] The newest version did not start on this computer, so Polder went back to version { $version }, which may not run any more.
   *[other] Version { $newest } did not start on this computer, so Polder went back to version { $version }, which may not run any more.
  }
  .title = The new version does not start
rec-release-does-not-start = Give IT the code below. Polder takes the next version as soon as it is out; your projects are safe on the platform.

err-update-busy = Another Polder on this computer is putting the new version in place.
  .title = The new version is on its way
rec-update-busy = Wait. Polder goes on by itself.

err-update-file-foreign = This file is not an update of your organisation’s Polder. Nothing was changed.
  .title = Not your Polder
rec-update-file-foreign = Ask IT for the update file of { $host }, or try again without one.

err-update-file-old = This file is older than what Polder knows, or its time is over. Nothing was changed.
  .title = This file is too old
rec-update-file-old = Ask IT for a newer one, or try again without one.

err-update-file-damaged = This is no update file, or a part of it is missing. Nothing was changed.
  .title = This file cannot be used
rec-update-file-damaged = Get the file once more, or try again without one.

err-update-file-unreadable = This is nothing that Polder can read as a file. Nothing was changed.
  .title = This cannot be read
rec-update-file-unreadable = Copy the update file to this computer and choose it there, or try again without one.

err-translocated = macOS runs Polder from a place where it cannot be updated, because it was not yet moved to Applications. Nothing was fetched.
  .title = Move Polder to Applications
rec-translocated = Quit Polder, drag it to the Applications folder in the Finder, and start it there.

err-file-held = Another program holds a file of the new version, perhaps a virus scanner that is looking at it. Nothing was changed.
  .title = A file is in use
rec-file-held = Wait a moment and try again. If it stays like this, give IT the details.

err-release-does-not-hold = The new version is not signed as it should be. Polder did not start it and stays closed.
  .title = The new version is not properly signed
rec-release-does-not-hold = Try another network. If it stays so, give IT the details.

err-no-slots = There is a newer Polder, and this one was started in a way that cannot put it in place. It stays closed.
  .title = Not started the usual way
rec-no-slots = Start Polder from the menu of this computer. If it stays so, install it again from where IT keeps it.

err-update-not-offered = { $newest ->
    [none] There is a newer version, and it cannot be fetched from { $host }. Polder stays closed until it is in place.
   *[other] Version { $newest } is the newest, and it cannot be fetched from { $host }. Polder stays closed until it is in place.
  }
  .title = There is a newer Polder
rec-update-not-offered = Ask IT for an update file, or to install the newest version.

err-nothing-newer = This file brings nothing that is newer than version { $version }. Nothing was changed.
  .title = Nothing new in this file
rec-nothing-newer = Ask IT for a newer one, or try again without one.

err-keychain-absent = This computer has no locked place for your sign-in. You stay signed in until you quit.
  .title = You stay signed in until you quit
rec-keychain-absent = To be remembered, start GNOME Keyring or KWallet.

err-keychain-locked = The locked place for your sign-in stayed locked. You stay signed in until you quit; nothing was deleted.
  .title = Your keychain is locked
rec-keychain-locked = To be remembered, unlock it, then sign in again.

err-keychain-timed-out = The locked place for your sign-in did not answer in time. You stay signed in until you quit; nothing was deleted.
  .title = Your keychain did not answer
rec-keychain-timed-out = To be remembered, see whether it waits for your password, then sign in again.

err-keychain-damaged = What the locked place for your sign-in holds is not what Polder put there.
  .title = Your sign-in could not be read
rec-keychain-damaged = Sign in again; that puts it right.

err-keychain-failed = The locked place for your sign-in could not be used. You stay signed in until you quit.
  .title = Your keychain failed
rec-keychain-failed = Sign in again to try once more. If it stays so, give IT the code.

err-keychain-absent-door = This computer has no locked place for your sign-in, so you sign in each time you start Polder.
  .title = Not remembered
rec-keychain-absent-door = To be remembered, start GNOME Keyring or KWallet.
err-keychain-locked-door = The locked place for your sign-in is locked, so Polder could not read it. Nothing was deleted.
  .title = Your keychain is locked
rec-keychain-locked-door = Unlock it and start Polder again, or sign in here.
err-keychain-timed-out-door = The locked place for your sign-in did not answer in time. Nothing was deleted.
  .title = Your keychain did not answer
rec-keychain-timed-out-door = See whether it waits for your password and start Polder again, or sign in here.
err-keychain-failed-door = The locked place for your sign-in could not be used.
  .title = Your keychain failed
rec-keychain-failed-door = Sign in here. If it stays so, give IT the code.

err-unexpected = Something went wrong in Polder itself. What was saved is safe.
  .title = Something went wrong
rec-unexpected = Try again. If it happens again, give IT the code.
err-unexpected-gate = Something went wrong in Polder itself, so it stays closed.
  .title = Something went wrong
rec-unexpected-gate = Try again. If it happens again, give IT the details.

## At the door: other ways in, waiting, and what time it is
wait-left = Next try in { $time }
wait-over = You can try again now.
wait-off = The time is not up yet.
clocks-title = Compare the clocks
clocks-platform = The platform’s
clocks-here = This computer’s
clocks-same = These two agree. Is your phone’s clock right? Codes go by it.
clocks-differ = This computer’s clock is { $off } { $way ->
    [fast] fast
   *[slow] slow
  }. If your codes come from it, set its clock by itself.
clocks-phone = Your authenticator’s clock is { $off } { $way ->
    [fast] fast
   *[slow] slow
  }. Let its time be set by itself, then type the next code.
code-other = I cannot use my app
sign-in-forgotten = Forgot your password?
sign-in-have-code = I have a code
