// The gate, the way to the platform, and signing in.
import { GATE, SMALL, WINDOW, byId, see, signIn } from "./steps.mjs";

const refused = see("gate-refused");
const withCode = async (page) => {
  await page.click(byId("open-letter-code"));
  await page.fill(byId("letter-code-field"), "01ABC-DEFGH-JKMNP-QRSTV");
  await page.click(byId("letter-code-continue"));
  await page.waitForSelector(byId("new-password"));
};

const wrongCode = async (page) => {
  await signIn(page);
  await page.locator(byId("code-field")).pressSequentially("000000");
  await page.waitForSelector(byId("clocks"));
};
const recover = async (page) => {
  await signIn(page);
  await page.click(byId("code-other"));
  await page.waitForSelector(byId("recover-field"));
};
const enrolled = async (page) => {
  await signIn(page);
  await page.waitForSelector(byId("enrol-qr"));
  await page.locator(byId("enrol-code")).pressSequentially("407921");
  await page.waitForSelector(byId("recovery-codes"));
};

export const DOOR = [
  ["gate-comparing", GATE, "gate=comparing&bytes=0.62", (page) => page.waitForSelector("[data-step=comparing][data-standing=now]")],
  ["gate-checking", GATE, "gate=verifying", (page) => page.waitForSelector("[data-standing=now]")],
  ...[
    "offline", "unknown-issuer", "pin-mismatch", "outdated", "metadata-expired", "metadata-invalid", "altered",
    "certificate-time", "clock-wrong&off=-259200", "internal", "timed-out",
  ].map((code) => [`gate-${code.split("&")[0]}`, GATE, `gate=${code}`, refused]),
  ...["downloading", "unpacking", "starting"].map((step) => [`gate-${step}`, GATE, `gate=${step}`, see("gate-getting")]),
  ["gate-downloading-large", WINDOW, "gate=downloading&bytes=0.9", see("gate-getting")],
  ...[
    "update-interrupted&reference=U-01", "no-room&room=1&reference=U-02", "folder-cannot-hold-programs&reference=U-03",
    "release-does-not-start&reference=U-04", "update-busy&reference=U-05", "no-slots&reference=U-10",
    "update-not-offered&reference=U-11", "translocated&reference=U-14", "file-held&reference=U-15",
  ].map((code) => [`gate-${code.split("&")[0]}`, GATE, `gate=${code}`, refused]),
  ...[["foreign", "U-06"], ["old", "U-07"], ["damaged", "U-08"], ["unreadable", "U-13"]].map(([what, reference]) => [`gate-file-${what}`, GATE, `gate=outdated&import=update-file-${what}&reference=${reference}`, async (page) => {
    await page.click(byId("gate-import"));
    await page.waitForSelector(`[data-code=update-file-${what}]`);
  }]),
  ["gate-large", WINDOW, "gate=offline", refused],
  ...["proxy-sign-in", "proxy-negotiate", "proxy-pac"].map((code) => [`gate-${code}`, GATE, `gate=${code}&reference=N-12`, refused]),
  ["gate-inspected", GATE, "gate=unknown-issuer&reference=N-05&issuer=Hel+Web+Gateway+CA", refused],
  ["network-gate", GATE, "gate=offline&system=proxy", async (page) => {
    await page.click(byId("gate-network"));
    await page.waitForSelector(byId("network"));
  }],
  ["network-gate-manual", GATE, "gate=offline&system=pac", async (page) => {
    await page.click(byId("gate-network"));
    await page.click(byId("network-manual"));
    await page.fill(byId("network-host"), "proxy.hel.example");
    await page.fill(byId("network-port"), "99999");
    await page.click(byId("network-save"));
    await page.waitForSelector("[aria-invalid=true]");
  }],
  ["network-door", WINDOW, "", async (page) => {
    await page.click(byId("sign-in-network"));
    await page.click(byId("network-manual"));
  }],
  ["opening", WINDOW, "resuming=1", (page) => page.waitForSelector("main[aria-busy=true] > .late")],
  ["sign-in", WINDOW, "", see("sign-in")],
  ["sign-in-small", SMALL, "", see("sign-in")],
  ["sign-in-wrong", WINDOW, "", async (page) => {
    await page.fill(byId("email"), "aino.virtanen@hel.example");
    await page.fill(byId("password"), "wrong");
    await page.click(byId("sign-in-continue"));
    await page.waitForSelector(byId("sign-in-error"));
  }],
  ["sign-in-why", WINDOW, "why=session-over", see("sign-in-why")],
  ["forgotten", WINDOW, "", async (page) => {
    await page.click(byId("open-forgotten"));
    await page.waitForSelector(byId("forgotten"));
  }],
  ["forgotten-sent", WINDOW, "", async (page) => {
    await page.fill(byId("email"), "aino.virtanen@hel.example");
    await page.click(byId("open-forgotten"));
    await page.click(byId("forgotten-send"));
    await page.waitForSelector(byId("forgotten-sent"));
  }],
  ["letter-code", SMALL, "", async (page) => {
    await page.click(byId("open-letter-code"));
    await page.fill(byId("letter-code-field"), "01ABC-DEFGH-JKMNP-QRSTV");
  }],
  ["letter-code-wrong", WINDOW, "", async (page) => {
    await page.click(byId("open-letter-code"));
    await page.fill(byId("letter-code-field"), "00000-00000-00000-00000");
    await page.click(byId("letter-code-continue"));
    await page.waitForSelector(byId("letter-code-error"));
  }],
  ["new-password", WINDOW, "", async (page) => {
    await withCode(page);
    await page.fill(byId("new-password-field"), "password1");
    await page.waitForSelector("[data-testid=password-strength][data-score='0']");
  }],
  ["new-password-strong", SMALL, "", async (page) => {
    await withCode(page);
    await page.fill(byId("new-password-field"), "nine herons over the ditch");
    await page.waitForSelector("[data-testid=password-strength][data-enough=true]");
  }],
  ["new-password-refused", WINDOW, "", async (page) => {
    await withCode(page);
    await page.fill(byId("new-password-field"), "trustno1trustno1");
    await page.click(byId("new-password-set"));
    await page.waitForSelector(byId("new-password-error"));
  }],
  ["code", WINDOW, "", async (page) => {
    await signIn(page);
    await page.locator(byId("code-field")).pressSequentially("4079");
  }],
  ["code-wrong", WINDOW, "", async (page) => {
    await signIn(page);
    await page.locator(byId("code-field")).pressSequentially("000000");
    await page.waitForSelector(byId("code-error"));
  }],
  ...[["too-many-tries", ""], ["tries-used-up", ""], ["address-blocked", ""], ["logins-off", ""]].map(([code]) => [`sign-in-${code}`, WINDOW, `locked=${code}`, async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("sign-in-error"));
  }]),
  ["code-clocks", WINDOW, "off=-214", wrongCode],
  ["code-clock-phone", WINDOW, "ahead=180", wrongCode],
  ["code-other", WINDOW, "", recover],
  ["code-other-wrong", SMALL, "", async (page) => {
    await recover(page);
    await page.fill(byId("recover-field"), "0000-0000-0000-0000");
    await page.click(byId("recover-continue"));
    await page.waitForSelector(byId("recover-error"));
  }],
  ["recovered", WINDOW, "left=1", async (page) => {
    await recover(page);
    await page.fill(byId("recover-field"), "7k2m-q9xt-3hvw-8cde");
    await page.click(byId("recover-continue"));
    await page.waitForSelector(byId("recovered"));
  }],
  ["recovery", WINDOW, "step=enrol", enrolled],
  ["recovery-small", SMALL, "step=enrol", enrolled],
  ["second-step", WINDOW, "second=on", see("second-step-standing")],
  ["second-step-required", WINDOW, "second=required&left=0", see("second-step-standing")],
  ["second-step-off", WINDOW, "second=off", see("second-step-standing")],
  ["second-step-replace", WINDOW, "second=on", async (page) => {
    await page.click(byId("second-step-replace"));
    await page.waitForSelector(byId("second-step-code"));
  }],
  ["second-step-codes", WINDOW, "second=required&left=0", async (page) => {
    await page.click(byId("second-step-renew"));
    await page.waitForSelector(byId("second-step-codes"));
  }],
  ["second-step-remove", WINDOW, "second=on", async (page) => {
    await page.click(byId("second-step-remove"));
    await page.waitForSelector(byId("second-step-remove-yes"));
  }],
  ["enrolment", WINDOW, "step=enrol", async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("enrol-qr"));
  }],
  ["enrolment-small", SMALL, "step=enrol", async (page) => {
    await signIn(page);
    await page.waitForSelector(byId("enrol-qr"));
  }],
];
