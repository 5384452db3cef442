import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { type Formatter, formatter } from "../format/format";
import { en, type Messages } from "./en";
import { nl } from "./nl";

export type Language = "en" | "nl";

/** Each language by its own name, and the code that Odoo gives it. */
export const languages: Record<Language, { label: string; odoo: string; messages: Messages }> = {
  en: { label: "English", odoo: "en_US", messages: en },
  nl: { label: "Nederlands", odoo: "nl_NL", messages: nl },
};

interface I18n {
  language: Language;
  /** The texts. */
  t: Messages;
  /** Amounts and dates as the reader writes them. */
  format: Formatter;
  choose: (language: Language) => void;
  /** The zone in which instants are shown; the browser's own when undefined. */
  setTimeZone: (zone: string | undefined) => void;
}

const key = "girosync-language";
const Context = createContext<I18n | null>(null);

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [timeZone, setTimeZone] = useState<string>();

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const value = useMemo<I18n>(
    () => ({
      language,
      t: languages[language].messages,
      format: formatter(localeFor(language), timeZone),
      choose(chosen) {
        localStorage.setItem(key, chosen);
        setLanguage(chosen);
      },
      setTimeZone,
    }),
    [language, timeZone],
  );
  return <Context value={value}>{children}</Context>;
}

export function useI18n(): I18n {
  const value = useContext(Context);
  if (!value) throw new Error("useI18n outside I18nProvider");
  return value;
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(key);
  if (stored === "en" || stored === "nl") return stored;
  return navigator.language.startsWith("nl") ? "nl" : "en";
}

/** The reader's own regional variant (nl-BE, en-GB) when there is one. */
function localeFor(language: Language): string {
  const regional = navigator.languages?.find((tag) => tag.startsWith(`${language}-`));
  return regional ?? (language === "nl" ? "nl-NL" : "en-US");
}
