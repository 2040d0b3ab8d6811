// Nobody loses a word: save while somebody types, keep in the browser what is not saved, bring it back later.
//
// <form data-keeps> keeps its words until they are saved and warns before they are left behind; with data-autosave it
// also fires "autosave", on which htmx posts it. The server answers with the line to show and the version now saved.

const PREFIX = "unsaved ";
const APART = ["csrfmiddlewaretoken", "writer", "version", "seen"];
const PAUSE = 1500; // milliseconds without a key before saving
const LONGEST = 5000; // milliseconds of typing before saving anyhow
const RETRIES = [2000, 5000, 10000, 20000];
const STAYS = "Your text is still here";

const isSignedIn = () => document.querySelector("[data-sign-out]") !== null;
const stored = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

class Writing {
  constructor(form) {
    this.form = form;
    this.key = PREFIX + form.elements.writer.value;
    this.line = form.querySelector("[data-saved]");
    this.failures = 0;
    this.saved = this.typed();
    this.version = form.elements.version ?? form.elements.seen;
    this.base = form.dataset.base ?? this.version?.value;
    this.forgetOthers();
    if ("unsaved" in form.dataset) this.saved = "";
    else this.bringBack();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("focusout", () => this.soon(0));
    form.addEventListener("submit", (event) => this.submitted(event));
    form.addEventListener("htmx:beforeSwap", ({ detail }) => {
      if ([409, 422].includes(detail.xhr.status)) detail.shouldSwap = true;
    });
    form.addEventListener("htmx:configRequest", ({ detail }) => this.onlyChanged(detail.parameters));
    form.addEventListener("htmx:afterRequest", ({ detail }) => this.answered(detail.xhr));
    addEventListener("beforeunload", (event) => {
      if (this.isUnsaved && !this.isLeaving) event.preventDefault();
    });
    for (const link of form.querySelectorAll("[data-forgets]")) {
      link.addEventListener("click", () => {
        this.isLeaving = true;
        sessionStorage.removeItem(this.key);
      });
    }
    if (!this.isUnsaved) return;
    this.store(false);
    this.soon();
  }

  typed() {
    const words = [...new FormData(this.form)].filter(([name, value]) => {
      return typeof value === "string" && !APART.includes(name) && !/password/i.test(name);
    });
    return JSON.stringify(words);
  }

  get isUnsaved() {
    return this.typed() !== this.saved;
  }

  forgetOthers() {
    const person = this.key.split(":")[0];
    for (const key of stored()) if (key.split(":")[0] !== person) sessionStorage.removeItem(key);
  }

  // Put back what was typed here and not saved, over the version that its writer saw.
  bringBack() {
    const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    if (!kept || kept.words === this.saved) return sessionStorage.removeItem(this.key);
    const words = new Map(JSON.parse(kept.words));
    for (const field of this.form.elements) {
      if (!field.name || APART.includes(field.name) || ["hidden", "file", "submit", "password"].includes(field.type)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = words.get(field.name) === field.value;
      else if (words.has(field.name)) field.value = words.get(field.name);
    }
    if (this.version) this.version.value = this.base = kept.base;
    this.say("This is what you had typed. It is not saved yet.");
  }

  changed() {
    this.say("");
    this.store(false);
    this.soon();
  }

  store(isSent) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ words: this.typed(), base: this.base, isSent }));
    } catch {
      // The browser's store is full or shut: the page itself still has the text.
    }
  }

  // A press while a save is under way waits for it: otherwise this window would meet its own save as another's.
  submitted(event) {
    if (!this.isSending) return this.leave();
    event.preventDefault();
    this.pressed = { button: event.submitter };
  }

  leave() {
    this.isLeaving = true;
    if (this.isUnsaved) this.store(true);
  }

  soon(wait = PAUSE) {
    if (!("autosave" in this.form.dataset) || !this.isUnsaved) return;
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(wait, this.since + LONGEST - Date.now())));
  }

  send() {
    this.since = undefined;
    if (this.isSending || this.isLeaving || !this.isUnsaved) return;
    this.isSending = true;
    this.sent = this.typed();
    window.htmx.trigger(this.form, "autosave");
  }

  // With data-partial a form sends only what has changed since it was saved last.
  onlyChanged(parameters) {
    if (!("partial" in this.form.dataset) || !this.saved) return;
    const saved = new Map(JSON.parse(this.saved));
    for (const [name, value] of JSON.parse(this.sent)) if (saved.get(name) === value) delete parameters[name];
  }

  answered(xhr) {
    this.isSending = false;
    this.told(xhr);
    if (!this.pressed) return;
    const { button } = this.pressed;
    this.pressed = undefined;
    this.form.requestSubmit(button);
  }

  told(xhr) {
    if (xhr.status === 200) return this.kept(xhr.getResponseHeader("Matchfund-Version"));
    if ([409, 422].includes(xhr.status)) return;
    if (xhr.status === 401) this.say(`Not saved: you have been signed out. ${STAYS}. `, this.signIn());
    else if (xhr.status === 403) this.renew();
    else if (xhr.status === 404) return this.say(`Not saved: you can no longer open this page. ${STAYS}: copy it.`);
    else this.say(`Not saved: the service does not answer. ${STAYS}, and we keep trying.`);
    const wait = RETRIES[Math.min(this.failures++, RETRIES.length - 1)];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  kept(version) {
    this.saved = this.sent;
    this.failures = 0;
    if (this.version) this.version.value = this.base = version;
    if (!this.isUnsaved) return sessionStorage.removeItem(this.key);
    this.store(false);
    this.soon();
  }

  // Take the token of the new session, when the same person has signed in again in another window.
  async renew() {
    this.say(`Not saved yet: this page is from before you signed in again. ${STAYS}.`);
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const mark = page.querySelector("input[name=writer]")?.value;
    const token = page.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (mark !== this.form.elements.writer.value || !token) return;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  }

  signIn() {
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = `${this.form.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = "Sign in to save it";
    link.addEventListener("click", () => (this.isLeaving = true));
    return link;
  }

  say(text, ...further) {
    if (!this.line) return;
    const line = document.createElement("p");
    line.className = "govuk-body-s app-saved";
    line.append(text, ...further);
    this.line.replaceChildren(...(text ? [line] : []));
  }
}

// What was sent and answered by a page that is no failure needs no keeping.
function forgetSent() {
  const [visit] = performance.getEntriesByType("navigation");
  if (!isSignedIn() || visit?.responseStatus >= 400 || visit?.type !== "navigate") return;
  for (const key of stored()) if (JSON.parse(sessionStorage.getItem(key)).isSent) sessionStorage.removeItem(key);
}

forgetSent();
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  for (const key of stored()) sessionStorage.removeItem(key);
});
for (const form of document.querySelectorAll("form[data-keeps]")) new Writing(form);
