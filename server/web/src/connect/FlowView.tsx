import { Alert, Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { FaultText, Reference } from "../app/FaultText";
import { ExternalIcon } from "../app/icons";
import { useClient } from "../app/services";
import { useI18n } from "../i18n/I18n";
import { journalsKey } from "../journals/journal";
import { useLive } from "../live/LiveProvider";
import { AccountsStep } from "./AccountsStep";
import classes from "./Connect.module.css";
import { type Flow, type FlowStep, cancel, poll, submit, type Values } from "./flow";
import { FormStep } from "./FormStep";

interface FlowViewProps {
  id: number;
  /** The answer that began the flow, if this page began it. */
  first: Flow | null;
  journal: number | undefined;
  renewal: boolean;
  onAgain: () => void;
}

/** Shows whatever step the bank asks for, until the flow ends. */
export function FlowView({ id, first, journal, renewal, onAgain }: FlowViewProps) {
  const { t } = useI18n();
  const client = useClient();
  const queries = useQueryClient();
  const key = ["flow", id];
  const { bus } = useLive();
  useEffect(() => bus.listen(`account.online.flow/${id}`), [bus, id]);
  const current = useQuery({
    queryKey: key,
    queryFn: () => poll(client, id),
    initialData: first ?? undefined,
    refetchInterval: ({ state: { data } }) => pollAfter(data),
    gcTime: 0,
  });
  const answer = useMutation({
    mutationFn: (values: Values) => submit(client, id, values),
    onSuccess: (next) => queries.setQueryData(key, next),
    gcTime: 0,
  });
  const stop = useMutation({ mutationFn: () => cancel(client, id), onSettled: onAgain });

  const flow = current.data;
  if (current.isError) return <Alert color="red" role="alert"><FaultText cause={current.error} /></Alert>;
  if (!flow) return <Loader type="dots" />;
  if (flow.state === "done") return <Done renewal={renewal} notice={flow.notice} />;
  if (flow.state === "failed" || flow.state === "cancelled" || flow.state === "expired") {
    return <Ended flow={flow} onAgain={onAgain} />;
  }
  return (
    <Paper withBorder className={classes.step}>
      <Stack gap="md">
        {flow.step?.title && <Title order={2}>{flow.step.title}</Title>}
        {flow.step?.text && <Text className={classes.lines}>{flow.step.text}</Text>}
        {flow.step?.error && !flow.step.fields?.some((field) => field.name === flow.step?.error?.field) && (
          <Alert color="red" role="alert">{flow.step.error.message}</Alert>
        )}
        {answer.isError && <Alert color="red" role="alert"><FaultText cause={answer.error} /></Alert>}
        {flow.step && <StepBody step={flow.step} journal={journal} busy={answer.isPending} onAnswer={answer.mutate} />}
        <Group><Anchor component="button" type="button" size="sm" onClick={() => stop.mutate()}>{t.connect.cancel}</Anchor></Group>
      </Stack>
    </Paper>
  );
}

interface StepBodyProps {
  step: FlowStep;
  journal: number | undefined;
  busy: boolean;
  onAnswer: (values: Values) => void;
}

function StepBody({ step, journal, busy, onAnswer }: StepBodyProps) {
  const { t } = useI18n();
  switch (step.type) {
    case "form":
      return <FormStep key={step.fields?.map((field) => field.name).join()} fields={step.fields ?? []} wrong={step.error}
        busy={busy} onAnswer={onAnswer} />;
    case "accounts":
      return <AccountsStep accounts={step.accounts ?? []} journal={journal} busy={busy} onAnswer={onAnswer} />;
    case "redirect":
      return <RedirectStep url={step.url ?? ""} host={step.url_host ?? ""} />;
    case "wait":
      return <Group gap="sm" role="status"><Loader size="sm" /><Text>{t.connect.waiting}</Text></Group>;
    case "message":
      return <Group><Button loading={busy} onClick={() => onAnswer({})}>{t.connect.go}</Button></Group>;
  }
}

/** Only web addresses are followed: the address comes from a provider. */
function RedirectStep({ url, host }: { url: string; host: string }) {
  const { t } = useI18n();
  if (!/^https?:\/\//i.test(url)) return <Alert color="red">{t.faults.internal}</Alert>;
  return (
    <Stack gap="sm">
      <Text size="sm" className="quiet">{t.connect.openHint}</Text>
      <Group>
        <Button component="a" href={url} target="_blank" rel="noopener" rightSection={<ExternalIcon size={16} />}>{t.connect.open}</Button>
        {host && <Text size="sm" className="quiet">{t.connect.leadsTo(host)}</Text>}
      </Group>
      <Text size="sm" className="quiet">{t.connect.blocked} <Anchor href={url} size="sm">{t.connect.sameWindow}</Anchor></Text>
    </Stack>
  );
}

function Done({ renewal, notice }: { renewal: boolean; notice: string | null }) {
  const { t } = useI18n();
  const queries = useQueryClient();
  useEffect(() => void queries.invalidateQueries({ queryKey: journalsKey }), [queries]);
  return (
    <Paper withBorder className={classes.step} role="status">
      <Stack gap="sm" align="flex-start">
        <Title order={2}>{renewal ? t.connect.inOrder : t.connect.doneTitle}</Title>
        <Text>{notice ?? t.connect.doneText}</Text>
        <Button component={Link} href="/" mt="sm">{t.app.back}</Button>
      </Stack>
    </Paper>
  );
}

function Ended({ flow, onAgain }: { flow: Flow; onAgain: () => void }) {
  const { t } = useI18n();
  const failed = flow.state === "failed";
  const words = failed ? flow.errorMessage : flow.state === "expired" ? (flow.errorMessage ?? t.connect.expired) : t.connect.cancelled;
  return (
    <Alert color={failed ? "red" : "yellow"} title={t.connect.failed} role="alert">
      <Text size="sm">{words ?? t.faults.internal}</Text>
      {flow.errorReference && <Reference reference={flow.errorReference} />}
      <div><Button mt="md" size="xs" onClick={onAgain}>{t.connect.again}</Button></div>
    </Alert>
  );
}

/** Milliseconds until the host is asked again by itself; false while a person is to answer. */
function pollAfter(flow: Flow | undefined): number | false {
  if (!flow || (flow.state !== "asking" && flow.state !== "waiting")) return false;
  if (flow.step?.type === "wait") return (flow.step.poll_after ?? 3) * 1000;
  return flow.step?.type === "redirect" || flow.state === "waiting" ? 3000 : false;
}
