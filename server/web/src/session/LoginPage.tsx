import { Alert, Anchor, Button, Paper, PasswordInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Logo } from "../app/Logo";
import { Preferences } from "../app/Preferences";
import { FaultText } from "../app/FaultText";
import { useClient } from "../app/services";
import { usePageTitle } from "../app/usePageTitle";
import { useI18n } from "../i18n/I18n";
import { asFault } from "../rpc/fault";
import classes from "./LoginPage.module.css";
import { databases, logIn } from "./session";
import { useSessionControl } from "./SessionProvider";

const databaseKey = "girosync-database";

/** Asks for login and password, and for the database when there is more than one. */
export function LoginPage({ expired }: { expired: boolean }) {
  const client = useClient();
  const { t } = useI18n();
  const { entered } = useSessionControl();
  usePageTitle(t.login.title);
  const known = useQuery({ queryKey: ["databases"], queryFn: () => databases(client), staleTime: 0 });
  const [chosen, setChosen] = useState(() => localStorage.getItem(databaseKey));
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [asked, setAsked] = useState(false);

  const choices = known.data ?? [];
  const database = chosen && choices.includes(chosen) ? chosen : (choices[0] ?? null);
  const enter = useMutation({
    mutationFn: () => logIn(client, database ?? "", login.trim(), password),
    onSuccess(session) {
      localStorage.setItem(databaseKey, session.database);
      entered(session);
    },
    onError: () => setPassword(""),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (database && login.trim() && password) enter.mutate();
  }

  const wrong = enter.isError && asFault(enter.error).kind === "denied";
  const required = (value: string) => asked && !value && !enter.isError && t.login.required;
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <Preferences />
      </header>
      <main className={classes.main}>
        <Stack gap="xs" align="center" mb="xl">
          <Logo size={44} />
          <Text className={classes.lead}>{t.login.lead}</Text>
        </Stack>
        <Paper className={classes.card} withBorder>
          <form onSubmit={submit} noValidate>
            <Stack gap="md">
              <Title order={1} size="h3">{t.login.title}</Title>
              {expired && !enter.isError && <Alert color="yellow" role="status">{t.login.expired}</Alert>}
              {wrong && <Alert color="red" role="alert">{t.login.wrong}</Alert>}
              {enter.isError && !wrong && <Alert color="red" role="alert"><FaultText cause={enter.error} /></Alert>}
              {known.isError && <Alert color="red" role="alert"><FaultText cause={known.error} /></Alert>}
              {known.data?.length === 0 && <Alert color="yellow">{t.login.noDatabase}</Alert>}
              {choices.length > 1 && (
                <Select label={t.login.database} data={choices} value={database} onChange={setChosen}
                  allowDeselect={false} searchable={choices.length > 8} />
              )}
              <TextInput label={t.login.login} value={login} onChange={(event) => setLogin(event.currentTarget.value)}
                name="login" autoComplete="username" autoCapitalize="none" spellCheck={false} data-autofocus
                error={required(login.trim())} />
              <PasswordInput label={t.login.password} value={password} name="password" autoComplete="current-password"
                onChange={(event) => setPassword(event.currentTarget.value)} error={required(password)}
                visibilityToggleButtonProps={{ "aria-label": t.login.showPassword }} />
              <Button type="submit" loading={enter.isPending} disabled={known.data?.length === 0} fullWidth mt="xs">
                {t.login.submit}
              </Button>
            </Stack>
          </form>
        </Paper>
        <Anchor href="/institutions" size="sm" mt="lg" ta="center" display="block">{t.login.institutions}</Anchor>
      </main>
    </div>
  );
}
