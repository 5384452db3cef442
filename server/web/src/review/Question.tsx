import { Alert, Badge, Button, Group, Paper, Text, Title } from "@mantine/core";
import { FaultText } from "../app/FaultText";
import { useI18n } from "../i18n/I18n";
import type { Journal } from "../journals/journal";
import { Comparison } from "./Comparison";
import classes from "./Review.module.css";
import { type Review, type ReviewPage, sidesOf } from "./review";
import { useAnswer } from "./useReviews";

interface QuestionProps {
  review: Review;
  page: ReviewPage;
  /** Undefined when the journal is gone, or not to be seen. */
  journal: Journal | undefined;
  mayAnswer: boolean;
  onAnswered: () => void;
}

/** One question with what it is about, and the two answers to it. */
export function Question({ review, page, journal, mayAnswer, onAnswered }: QuestionProps) {
  const { t } = useI18n();
  const answer = useAnswer(review.id, onAnswered);
  const words = t.review.kinds[review.kind] ?? t.review.kinds.other_day;
  const title = `review-${review.id}`;
  return (
    <Paper component="article" withBorder className={classes.question} aria-labelledby={title} data-review={review.id}>
      <Group justify="space-between" gap="xs" align="flex-start" wrap="nowrap">
        <Title order={2} size="h4" id={title} tabIndex={-1} className={classes.title}>{words.title}</Title>
        {review.journal_id && <Badge variant="default" className={classes.journal}>{review.journal_id[1]}</Badge>}
      </Group>
      <Text size="sm" className={classes.reason}>{review.reason}</Text>
      <Comparison sides={sidesOf(review, page)} caption={words.title} currency={journal?.dashboard.currency ?? ""}
        digits={journal?.dashboard.digits ?? 2} />
      {answer.isError && <Alert color="red" role="alert" title={t.review.notAnswered}><FaultText cause={answer.error} /></Alert>}
      {mayAnswer && (
        <Group gap="sm">
          <Button variant="light" loading={answer.isPending && answer.variables} disabled={answer.isPending}
            aria-describedby={title} onClick={() => answer.mutate(true)}>{words.yes}</Button>
          <Button variant="default" loading={answer.isPending && !answer.variables} disabled={answer.isPending}
            aria-describedby={title} onClick={() => answer.mutate(false)}>{words.no}</Button>
        </Group>
      )}
    </Paper>
  );
}
