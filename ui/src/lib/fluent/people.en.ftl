### People, for a domain's managers. Read when it is first looked at.

people-title = People
people-count = { $count ->
    [one] One person in { $domain }
   *[other] { $shown } people in { $domain }
  }
people-add = Add somebody…
people-loading = The people are coming
people-filter = Name or e-mail
people-refresh = Look again
people-stale = This list is as it was a while ago.
people-list = The people of { $domain }
people-alone = Nobody else is here yet
people-alone-hint = Add whoever works with you. They get a letter with a code and choose their own password.
people-none = Nobody here is called “{ $text }”
people-none-state = Nobody here stands so
people-show-all = Show everybody

people-name = Name
people-role = Role
people-step = Second step
people-seen = Last here
people-state = State
people-do = What to do
people-more = What to do about { $name }
people-you = You

people-role-manager = Manager
people-role-editor = Editor
people-role-host = Host
people-role-viewer = Viewer
people-role-manager-means = Decides who has access, and to what.
people-role-editor-means = Changes projects and makes new ones.
people-role-host-means = Opens projects, and starts them for others.
people-role-viewer-means = Opens the projects that others share.

people-step-on = On
people-step-off = Off
people-seen-never = never

people-state-all = Everybody
people-state-active = Active
people-state-invited = No password yet
people-state-closed = Locked
people-state-off = Switched off
people-state-counted = { $state } ({ $count })
people-code-until = code good until { $when }
people-code-over = the code ran out
people-closed-until = opens at { $when }
people-closed-open = until you open it

people-act-letter = Send a new code
people-act-unlock = Open the lock
people-act-second-step = Take the second step away…
people-act-off = Switch signing in off…
people-act-on = Switch signing in on
people-why-second-step-self = Yours is under My account
people-why-second-step-manager = Only an operator of Polder does this for a manager
people-why-off-self = Nobody does this to themselves
people-why-on-self = Nobody does this to themselves

people-done-letter = A letter with a new code is on its way to { $email }. The code before counts no more.
people-done-unlock = New devices can sign in to the account of { $name } again.
people-done-second-step = { $name } has no second step any more. A letter with a code to begin anew is on its way to { $email }.
people-done-off = { $name } was signed out everywhere and cannot sign in.
people-done-on = { $name } can sign in again.
people-done-add = { $name } was added. A letter with a code is on its way to { $email }.
people-changed = This had changed meanwhile, so nothing was done. The list is new now.

people-ask-second-step = Take the second step of { $name } away?
people-ask-second-step-what = For somebody who lost their authenticator and their recovery codes. Be sure that it is { $name } who asks you.
people-ask-second-step-signed-out = { $name } is signed out everywhere, and the password counts no more.
people-ask-second-step-letter = A letter with a code goes to { $email }. With it { $name } chooses a new password and sets up a new second step where it is asked for.
people-ask-second-step-you = You see neither the code nor the password.
people-ask-second-step-yes = Take it away
people-ask-off = Switch off signing in for { $name }?
people-ask-off-what = { $name } is signed out everywhere at once and cannot sign in until you switch it on again. Projects and everything saved stay as they are.
people-ask-off-yes = Switch off
people-ask-back = Cancel

people-add-title = Add somebody
people-add-lead = They get a letter with a code and choose their own password. You never see it.
people-add-name = Name
people-add-name-help = As others see it
people-add-name-needed = Type a name.
people-add-email = E-mail
people-add-email-needed = Type an e-mail that a letter can reach.
people-add-role = Role
people-add-language = The letter’s language
people-add-yes = Add and send the letter

err-password-there = This person has a password, so no code for a first one was sent.
  .title = There is a password
rec-password-there = If they forgot it, they can ask for a code when they sign in.

err-email-taken = There is an account with this e-mail already.
  .title = E-mail in use
rec-email-taken = Use another e-mail. If the person forgot the password, they can ask for a code when they sign in.
