import { Alert, Anchor, Button, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { FaultText } from "../app/FaultText";
import { CheckIcon } from "../app/icons";
import { usePageTitle } from "../app/usePageTitle";
import { useI18n } from "../i18n/I18n";
import { useJournals } from "../journals/useJournals";
import { Pages } from "../lines/Pages";
import { useRights } from "../session/useRights";
import { Question } from "./Question";
import classes from "./Review.module.css";
import { reviewsOnPage } from "./review";
import { useOpenReviews, useReviewPage } from "./useReviews";

/** What the import asks about, of all journals or of one. */
export default function ReviewPage({ journal: only }: { journal?: number }) {
  const { t, format } = useI18n();
  const [page, setPage] = useState(1);
  const open = useOpenReviews();
  const { data, isPending, isError, error, refetch } = useReviewPage(only, page);
  const { data: journals } = useJournals();
  const { answer: mayAnswer } = useRights();
  const heading = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const vacated = useRef<number | null>(null);
  usePageTitle(t.review.title);
  const name = journals?.find(({ id }) => id === only)?.name;
  const total = only === undefined ? open?.total : open && (open.ofJournal.get(only) ?? 0);

  // An answered question goes; the focus goes to the one that takes its place.
  useEffect(() => {
    if (vacated.current === null) return;
    const left = list.current?.querySelectorAll<HTMLElement>("article h2") ?? [];
    (left[Math.min(vacated.current, left.length - 1)] ?? heading.current)?.focus();
    vacated.current = null;
  }, [data]);

  function answered(at: number) {
    vacated.current = at;
    if (data?.reviews.length === 1) setPage(Math.max(1, page - 1));
  }

  return (
    <Stack gap="lg" className={classes.page}>
      <div>
        <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>{t.review.title}</Title>
        <Text className="quiet" mt={4}>{t.review.lead}</Text>
        <Text className="quiet figures" size="sm" mt={4} role="status">
          {total !== undefined && total > 0 && t.review.open(total, format.number(total))}
        </Text>
        {only !== undefined && (
          <Text size="sm" mt={4}>{name && t.review.ofJournal(name)} <Anchor component={Link} href="/review" inherit underline="always">{t.review.all}</Anchor></Text>
        )}
        {data && data.reviews.length > 0 && !mayAnswer && <Text size="sm" className="quiet" mt={4}>{t.review.readOnly}</Text>}
      </div>
      {isError && (
        <Alert color="red" title={t.faults.title} role="alert">
          <FaultText cause={error} />
          <Button mt="sm" size="xs" variant="default" onClick={() => void refetch()}>{t.faults.tryAgain}</Button>
        </Alert>
      )}
      {isPending && !isError && <Loading />}
      {data?.reviews.length === 0 && <Nothing />}
      {data && data.reviews.length > 0 && (
        <ul className={classes.questions} ref={list}>
          {data.reviews.map((review, at) => (
            <li key={review.id}>
              <Question review={review} page={data} mayAnswer={mayAnswer} onAnswered={() => answered(at)}
                journal={journals?.find(({ id }) => review.journal_id && id === review.journal_id[0])} />
            </li>
          ))}
        </ul>
      )}
      {total !== undefined && total > reviewsOnPage && (
        <Pages page={page} total={total} size={reviewsOnPage} label={t.review.pages} onPage={setPage} />
      )}
    </Stack>
  );
}

function Loading() {
  const { t } = useI18n();
  return (
    <Stack role="status" aria-busy="true" aria-label={t.review.loading}>
      {[0, 1].map((n) => (
        <Paper key={n} withBorder className={classes.question}>
          <Skeleton height={18} width="40%" />
          <Skeleton height={12} width="85%" />
          <Skeleton height={110} />
          <Skeleton height={36} width="45%" radius="md" />
        </Paper>
      ))}
    </Stack>
  );
}

function Nothing() {
  const { t } = useI18n();
  return (
    <Stack align="center" gap="sm" className={classes.empty}>
      <CheckIcon size={40} />
      <Title order={2}>{t.review.emptyTitle}</Title>
      <Text className="quiet" ta="center" maw={440}>{t.review.emptyText}</Text>
      <Button component={Link} href="/" variant="default" mt="sm">{t.app.back}</Button>
    </Stack>
  );
}
