### The second step beside the six digits: recovery codes, clocks, waiting.

## Waiting for the next try

## Clocks that may be wrong

## The code screen's other way
recover-title = Type a recovery code
recover-lead = You got ten of them when you added your second step. Each works once.
recover-label = Recovery code
recover-help = Capitals, spaces and dashes do not matter.
recover-none-title = No recovery codes either?
recover-none = Ask a manager of your domain how to go on. For your safety this step cannot be skipped.
recover-empty = Type all sixteen letters and digits.
recover-back = Use my app after all

## Recovery codes, shown once
recovery-title = Keep your recovery codes
recovery-lead = With one of these you can sign in when your phone is not there. They are shown only here and now.
recovery-list = Recovery codes
recovery-keep = Print them, or keep them in your password manager. Not on this computer alone, and not beside your password.
recovery-print = Print
recovery-copy = Copy all
recovery-copied = Copied. Paste them where you keep them; this computer’s clipboard forgets them soon.
recovery-kept = I have kept them
recovery-continue = Continue
recovery-sheet = Polder recovery codes
recovery-sheet-whose = { $email }, { $domain }
recovery-sheet-made = Made on { $day }. Each works once.

## Signed in with a recovery code
recovered-title = { $left ->
    [0] That was your last recovery code
    [one] You have { $left } recovery code left
   *[other] You have { $left } recovery codes left
  }
recovered-lead = The one that you used works no more. We told you by mail, so that you would know if it was somebody else.
recovered-advice = Is your phone gone? Put another authenticator in its place under My account, and make new recovery codes.

## My account: second step
second-step-title = Second step
second-step-on = On since { $day }.
second-step-off = Off. Your password alone lets you in.
second-step-required = { $domain } asks for it, so it cannot be turned off.
second-step-left = { $left ->
    [0] No recovery codes are left. Make new ones.
    [one] { $left } recovery code is left.
   *[other] { $left } recovery codes are left.
  }
second-step-add = Turn on
second-step-replace = Use another authenticator
second-step-renew = Make new recovery codes
second-step-remove = Turn off
second-step-remove-ask = Turn off your second step?
second-step-remove-what = From then on your password alone lets you in, and your recovery codes work no more.
second-step-keep = Keep it on
second-step-renew-ask = Make new recovery codes?
second-step-renew-what = Those that you have work no more from then on.
second-step-cancel = Cancel
second-step-scan = Scan this with the authenticator that you want to use from now on, then type the six digits that it shows.
second-step-replaced = Your second step is on.
second-step-removed = Your second step is off.
second-step-loading = Looking at your second step

err-second-step-absent = There is no second step here to change.
  .title = No second step
rec-second-step-absent = Turn it on first.

err-second-step-required = Your domain asks for a second step, so it stays on.
  .title = It stays on
rec-second-step-required = You can use another authenticator instead.
