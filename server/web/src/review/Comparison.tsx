import { accountNumber } from "../format/format";
import { useI18n } from "../i18n/I18n";
import classes from "./Review.module.css";
import { differences, type Movement, type Side } from "./review";

interface ComparisonProps {
  sides: readonly Side[];
  caption: string;
  currency: string;
  digits: number;
}

/** Transactions beside each other, member by member; what differs stands out. */
export function Comparison({ sides, caption, currency, digits }: ComparisonProps) {
  const { t, format } = useI18n();
  const differing = differences(sides);
  const shown: [member: keyof Movement, label: string, text: (movement: Movement) => string][] = [
    ["date", t.lines.date, ({ date }) => (date ? format.date(date) : "")],
    ["amount", t.lines.amount, ({ amount }) => format.money(amount, currency, digits)],
    ["payment_ref", t.lines.label, ({ payment_ref }) => payment_ref || ""],
    ["partner_name", t.lines.partner, ({ partner_name }) => partner_name || ""],
    ["account_number", t.review.counterAccount, ({ account_number }) => (account_number ? accountNumber(account_number) : "")],
  ];
  if (sides.length === 0) return null;
  return (
    <table className={`${classes.sides} figures`}>
      <caption className="unseen">{caption}</caption>
      <colgroup>
        <col className={classes.labels} />
        {sides.map((_, n) => <col key={n} />)}
      </colgroup>
      <thead>
        <tr>
          <td />
          {sides.map((side, n) => (
            <th key={n} scope="col">
              {t.review.came[side.came]}
              <span className={classes.place}>{side.reconciled ? t.lines.reconciled : t.review.places[side.place]}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.filter(([, , text]) => sides.some(({ movement }) => text(movement))).map(([member, label, text]) => (
          <tr key={member}>
            <th scope="row">{label}</th>
            {sides.map(({ movement }, n) => (
              <td key={n} data-differs={differing.has(member) || undefined}>
                {differing.has(member) ? <mark>{text(movement) || "—"}</mark> : text(movement) || "—"}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
