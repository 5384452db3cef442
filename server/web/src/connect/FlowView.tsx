import { Alert, Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { FaultText, Reference } from "../app/FaultText";
import { ExternalIcon } from "../app/icons";
import { useClient } from "../app/services";
import { useI18n } from "../i18n/I18n";
import { journalsKey } from "../journals/journal";
import { asFault } from "../rpc/fault";
import { AccountsStep } from "./AccountsStep";
import classes from "./Connect.module.css";
import { type Flow, type FlowStep, cancel, endOf, poll, submit, type Values } from "./flow";
import { FormStep } from "./FormStep";
import { JournalsStep } from "./JournalsStep";

interface FlowViewProps {
  id: number;
  /** The answer that began the flow, if this page began it. */
  first: Flow | null;
  journal: number | undefined;
  /** A renewal has its journals already. */
  renewal: boolean;
  onAgain: () => void;
}

/** Shows whatever step the bank asks for, until the flow ends. */
export function FlowView({ id, first, journal, renewal, onAgain }: FlowViewProps) {
  const { t } = useI18n();
  const client = useClient();
  const queries = useQueryClient();
  const key = ["flow", id];
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
  if (flow.state === "done") return <Done id={id} journal={journal} renewal={renewal} />;
  if (flow.state === "failed" || flow.state === "cancelled" || flow.state === "expired") {
    return <Ended id={id} state={flow.state} onAgain={onAgain} />;
  }
  return (
    <Paper withBorder className={classes.step}>
      <Stack gap="md">
        {flow.step?.title && <Title order={2}>{flow.step.title}</Title>}
        {flow.step?.text && <Text>{flow.step.text}</Text>}
        {answer.isError && <Alert color="red" role="alert"><FaultText cause={answer.error} /></Alert>}
        {flow.step && <StepBody step={flow.step} busy={answer.isPending} onAnswer={answer.mutate} />}
        <Group><Anchor component="button" type="button" size="sm" onClick={() => stop.mutate()}>{t.connect.cancel}</Anchor></Group>
      </Stack>
    </Paper>
  );
}

interface StepBodyProps {
  step: FlowStep;
  busy: boolean;
  onAnswer: (values: Values) => void;
}

function StepBody({ step, busy, onAnswer }: StepBodyProps) {
  const { t } = useI18n();
  switch (step.type) {
    case "form":
      return <FormStep key={JSON.stringify(step)} fields={step.fields ?? []} busy={busy} onAnswer={onAnswer} />;
    case "accounts":
      return <AccountsStep accounts={step.accounts ?? []} busy={busy} onAnswer={onAnswer} />;
    case "redirect":
      return <RedirectStep url={step.url ?? ""} />;
    case "wait":
      return <Group gap="sm" role="status"><Loader size="sm" /><Text>{t.connect.waiting}</Text></Group>;
    case "message":
      return <Group><Button loading={busy} onClick={() => onAnswer({})}>{t.connect.go}</Button></Group>;
  }
}

/** Only web addresses are followed: the address comes from a provider. */
function RedirectStep({ url }: { url: string }) {
  const { t } = useI18n();
  if (!/^https?:\/\//i.test(url)) return <Alert color="red">{t.faults.internal}</Alert>;
  return (
    <Stack gap="sm">
      <Text size="sm" className="quiet">{t.connect.openHint}</Text>
      <Group>
        <Button component="a" href={url} target="_blank" rel="noopener" rightSection={<ExternalIcon size={16} />}>{t.connect.open}</Button>
      </Group>
      <Text size="sm" className="quiet">{t.connect.blocked} <Anchor href={url} size="sm">{t.connect.sameWindow}</Anchor></Text>
    </Stack>
  );
}

function Done({ id, journal, renewal }: { id: number; journal: number | undefined; renewal: boolean }) {
  const { t } = useI18n();
  const client = useClient();
  const queries = useQueryClient();
  const end = useQuery({
    queryKey: ["flow", id, "end"],
    queryFn: async () => {
      const told = await endOf(client, id);
      void queries.invalidateQueries({ queryKey: journalsKey });
      return told;
    },
  });
  if (renewal) {
    return (
      <Alert color="pine" role="status" title={t.connect.renewed}>
        <Anchor component={Link} href="/" size="sm">{t.app.back}</Anchor>
      </Alert>
    );
  }
  if (end.isError) return <Alert color="red" role="alert"><FaultText cause={end.error} /></Alert>;
  if (!end.data) return <Loader type="dots" />;
  return end.data.linkId === null ? <Text>{t.connect.noAccounts}</Text> : <JournalsStep link={end.data.linkId} journal={journal} />;
}

interface EndedProps {
  id: number;
  state: "failed" | "cancelled" | "expired";
  onAgain: () => void;
}

function Ended({ id, state, onAgain }: EndedProps) {
  const { t } = useI18n();
  const client = useClient();
  const end = useQuery({ queryKey: ["flow", id, "end"], queryFn: () => endOf(client, id) });
  const words = state === "failed" ? end.data?.errorMessage : state === "expired" ? t.connect.expired : t.connect.cancelled;
  return (
    <Alert color={state === "failed" ? "red" : "yellow"} title={t.connect.failed} role="alert">
      <Text size="sm">{words ?? (end.isError ? asFault(end.error).message : "")}</Text>
      {end.data?.errorReference && <Reference reference={end.data.errorReference} />}
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
