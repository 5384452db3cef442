import { useI18n } from "../i18n/I18n";
import { AlertIcon } from "../app/icons";
import type { Journal } from "./journal";
import classes from "./JournalCard.module.css";

/** The bank's own balance and the lines disagree: since which day, and by how much. */
export function BalanceNote({ journal }: { journal: Journal }) {
  const { t, format } = useI18n();
  const { balance_check: check, currency, digits } = journal.dashboard;
  if (!check || check.verdict !== "disagrees") return null;
  const money = (amount: number) => format.money(amount, currency, digits);
  return (
    <div className={classes.note} data-tone="warn" data-balance="disagrees">
      <AlertIcon />
      <div className={`${classes.noteText} figures`}>
        <strong>{t.balance.title(money(Math.abs(check.difference)))}.</strong>{" "}
        {t.balance.told(format.date(check.date), money(check.reported), money(check.computed))}{" "}
        {check.first_disagreement && check.first_disagreement !== check.date && t.balance.since(format.date(check.first_disagreement))}
      </div>
    </div>
  );
}
