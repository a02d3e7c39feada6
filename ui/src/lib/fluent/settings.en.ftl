### Settings, on this computer.

settings-title = Settings
settings-pages = Settings pages

settings-appearance-lead = On this computer, at once.
settings-theme = Look
settings-theme-note = Maps follow, too.
settings-theme-system = As this computer
settings-theme-light = Light
settings-theme-dark = Dark
settings-language = Language
settings-language-note = Dates, numbers and sizes follow your region.

settings-keyboard-lead = Everything in Polder works without a mouse.
settings-single = Single letters
settings-single-note = Such as T for the table, while the map or a list has the focus. Keys with Ctrl or ⌘ always work.
settings-single-label = Use single letters
settings-all-keys = All shortcuts
settings-all-keys-note = Those of the screen that you are on.
settings-show-keys = Show them

settings-network-lead = How Polder reaches the platform. A change counts from the next start on; what you are doing goes on.

settings-about-lead = Your planning projects, in a place of your own.
about-version = Version { $version }
about-verified = Verified
about-verified-newest = This is the newest Polder, unchanged since it was made.
about-verified-whole = Unchanged since it was made.
update-now-none = You have the newest version.
update-now-fetching = { $version ->
    [none] A newer version is coming in.
   *[other] Version { $version } is coming in.
  }
update-now-ready = { $version ->
    [none] A newer version is ready. It starts next time.
   *[other] Version { $version } is ready. It starts next time.
  }
update-now-paused = Nothing is fetched for now. At its next start Polder gets the newest version before it opens.
update-now-outdated = { $version ->
    [none] This version’s time is over. Finish what you are doing, then restart.
   *[other] Version { $version } takes over from this one. Finish what you are doing, then restart.
  }
update-fetch = Fetch new versions while I work
update-fetch-note = Slowly, in the background; then the next start waits for nothing.
update-news = What is new
update-news-note = In version { $version }.
update-news-none = The makers of version { $version } say nothing about it.
update-news-show = Read it
about-checked = Checked
about-checked-at = { $when }, against { $host }
about-list = Signed list of versions
about-list-until = good until { $when }; Polder fetches a newer one by itself
about-details = Details
about-program = Fingerprint of this program
about-program-note = SHA-256
about-key = Key of the signer
about-key-note = minisign
about-copy = Copy details
about-details-text = Polder { $version }
    host { $host }
    checked { $checked }
    valid until { $until }
    program sha256 { $program }
    minisign key { $key }
about-licences = Licences
about-licences-lead = { $count ->
    [one] Polder is made with the work of others: one library.
   *[other] Polder is made with the work of others: { $shown } libraries.
  }
about-licences-find = Find a library or licence
about-licences-none = No library or licence holds these letters.
about-licences-found = { $shown } found
about-licences-loading = Fetching the licences
about-licences-failed = The licences could not be shown.
about-licences-again = Close this page and open it again.
about-licences-no-text = Its makers ship no text of their own. The licence is { $licence }.
