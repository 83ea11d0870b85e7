// The catalogues: flat keys, {named} values.

const LOCALES = ["zh_CN", "en"];

export class Words {
  constructor({ fetch = globalThis.fetch.bind(globalThis) } = {}) {
    this.locale = "zh_CN";
    this._fetch = fetch;
    this._catalogues = {};
  }

  /** Both languages at once, so that switching works without a network. */
  async load() {
    await Promise.all(
      LOCALES.map(async (locale) => {
        const answer = await this._fetch(`i18n/${locale}.json`);
        this._catalogues[locale] = await answer.json();
      }),
    );
  }

  use(locale) {
    this.locale = LOCALES.includes(locale) ? locale : "zh_CN";
    document.documentElement.lang = this.locale === "zh_CN" ? "zh-CN" : "en";
    document.title = this.text("app.name");
  }

  text(key, values = {}) {
    const template = this._catalogues[this.locale]?.[key] ?? key;
    return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return key in (this._catalogues[this.locale] ?? {});
  }
}

/** The language of the phone, for the first visit. */
export function phoneLocale() {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh_CN" : "en";
}
