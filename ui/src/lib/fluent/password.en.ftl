## Forgetting and choosing a password
password-back = Back to signing in

forgotten-title = A new password
forgotten-lead = Polder sends a letter with a code to your e-mail. With it you choose a new password.
forgotten-send = Send a code
forgotten-sent = If there is an account for { $email }, a letter with a code is on its way.
forgotten-sent-remedy = That can take a few minutes. The code works for one hour. Nothing came? Look among unwanted mail too.
forgotten-again = Send another code

letter-code-title = Type your code
letter-code-lead = It stands in the letter from Polder: four groups of five.
letter-code-label = Code from the letter
letter-code-help = Capitals, spaces and dashes do not matter. Pasting works too.
letter-code-needed = Type the code from the letter.
letter-code-none = I have no code

new-password-title = Choose a password
new-password-lead = For { $email }, in { $domain }.
new-password-set = Set password

change-password-title = Password
change-password-old = Password until now
change-password-code-help = You signed in a while ago: type the six digits that your authenticator shows now as well.
change-password-set = Change password
change-password-done = Your password is changed. Everywhere else you are signed out.

## While it is typed
password-new = New password
password-minimum = At least { $minimum } characters of any kind. A few words that do not belong together are strong and easy to remember.
password-strength = How hard it is to guess
password-score-0 = Guessed at once
password-score-1 = Easy to guess
password-score-2 = Can be guessed
password-score-3 = Hard to guess
password-score-4 = Very hard to guess
password-missing = { $count ->
    [one] one character to go
   *[other] { $count } characters to go
  }
password-hint-keyboard-rows = Keys that lie beside each other are easy to guess.
password-hint-repeats = The same again and again is easy to guess.
password-hint-common = Many people use this one.
password-hint-like-common = Many people use one like this.
password-hint-sequences = Sequences such as abc or 6543 are easy to guess.
password-hint-dates = Years and dates are easy to guess.
password-hint-one-word = One word alone is easy to guess.
password-hint-names = Names are easy to guess, your own first of all.
password-hint-few-words = Use a few words that do not belong together.
password-hint-more-words = Add a word or two. Rare ones are better.
password-hint-capitals = Capitals change little.
password-hint-reversed = Turning a word round changes little.
password-hint-substitutions = Writing @ for a changes little.
