import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { QuestionIcon } from "../app/icons";
import { useI18n } from "../i18n/I18n";
import { useOpenReviews } from "../review/useReviews";
import type { Journal } from "./journal";
import classes from "./JournalCard.module.css";

/** How many questions the import has about a journal's lines, and the way to them. */
export function ReviewNote({ journal }: { journal: Journal }) {
  const { t, format } = useI18n();
  const open = useOpenReviews()?.ofJournal.get(journal.id) ?? 0;
  if (open === 0) return null;
  return (
    <div className={classes.note} data-tone="calm" data-reviews={open}>
      <QuestionIcon />
      <div className={classes.noteText}>
        {t.review.open(open, format.number(open))}{" "}
        <Anchor component={Link} href={`/review/journal/${journal.id}`} inherit underline="always" aria-label={t.review.answerOf(journal.name)}>{t.review.answer}</Anchor>
      </div>
    </div>
  );
}
