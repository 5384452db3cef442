import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "../app/services";
import { type Journal, journalsKey } from "../journals/journal";
import { linesKey } from "../lines/line";
import { reviewsKey } from "../review/review";
import { asFault } from "../rpc/fault";
import { useSession } from "../session/SessionProvider";
import { type FileReport, foretell, importFile, largestFile, type MappingTest, testMapping } from "./filing";
import type { Options } from "./options";
import { inBase64, sampleOf, UnreadableFile } from "./readFile";

/** How far one file is. Shares are from 0 to 1; null when they are not known. */
export type Stage =
  | { is: "reading" | "sending" | "importing"; share: number | null }
  | { is: "tooLarge" }
  /** The file leaves open how it is read, or the user wants it read differently, or what was remembered does not fit it. */
  | { is: "asking"; test: MappingTest; busy: boolean; fault: unknown; misfit?: boolean }
  | { is: "foretold"; report: FileReport }
  | { is: "done"; report: FileReport }
  | { is: "failed"; cause: unknown };

export interface Filing {
  stage: Stage;
  /** What the user chose about the reading. */
  choices: Options;
  /** Reads the first rows with these choices. */
  choose: (choices: Options) => void;
  /** Lets the user choose how the file is read. */
  adjust: () => void;
  /** Tells what an import would do, from the beginning. */
  look: () => void;
  /** Imports the file for good. */
  carryOut: (remember: boolean) => void;
}

/** Takes one file from its reading to its import; nothing is written before `carryOut`. */
export function useFiling(journal: Journal, file: File): Filing {
  const client = useClient();
  const queries = useQueryClient();
  const { callSize } = useSession();
  const [stage, setStage] = useState<Stage>({ is: "reading", share: 0 });
  const [choices, setChoices] = useState<Options>({});
  const texts = useRef<{ whole?: Promise<string>; sample?: Promise<string>; cut?: boolean }>({});
  const newest = useRef(0);

  const whole = () => (texts.current.whole ??= inBase64(file, (share) => setStage({ is: "reading", share })));
  const sample = () => (texts.current.sample ??= sampleOf(file).then((part) => {
    texts.current.cut = part !== file;
    return part === file ? whole() : inBase64(part, () => {});
  }));

  /** What the first rows are read as; where saved columns do not fit, what the table has instead. */
  const test = useCallback(async (chosen: Options): Promise<{ test: MappingTest; chosen: Options }> => {
    const read = async (options: Options): Promise<MappingTest> => {
      const answer = await testMapping(client, journal.id, file.name, await sample(), options);
      // The beginning of a file proves nothing about the rest.
      return texts.current.cut ? { ...answer, findings: [] } : answer;
    };
    const first = await read(chosen);
    if (first.question?.option !== "columns" || first.headings.length > 0 || chosen["columns"] !== undefined) return { test: first, chosen };
    const anew = { ...chosen, columns: "" };
    return { test: await read(anew), chosen: anew };
  }, [client, file, journal.id]);

  const ask = useCallback(async (chosen: Options) => {
    const mine = ++newest.current;
    setChoices(chosen);
    setStage((before) => (before.is === "asking" ? { ...before, busy: true, fault: null } : { is: "sending", share: null }));
    try {
      const answer = await test(chosen);
      if (mine !== newest.current) return;
      setChoices(answer.chosen);
      // Headings are not told again once columns are named by number.
      setStage((before) => {
        const headings = answer.test.headings.length === 0 && before.is === "asking" ? before.test.headings : answer.test.headings;
        return { is: "asking", test: { ...answer.test, headings }, busy: false, fault: null };
      });
    } catch (cause) {
      if (mine !== newest.current) return;
      setStage((before) => (before.is === "asking" ? { ...before, busy: false, fault: cause } : { is: "failed", cause }));
    }
  }, [test]);

  const look = useCallback(async (chosen: Options) => {
    const mine = ++newest.current;
    const show = (next: Stage) => mine === newest.current && setStage(next);
    if (callSize !== undefined && file.size > largestFile(callSize)) return void show({ is: "tooLarge" });
    try {
      const data = await whole();
      show({ is: "sending", share: 0 });
      const report = await foretell(client, journal.id, file.name, data, chosen, (share) => show({ is: "sending", share: share < 1 ? share : null }));
      show({ is: "foretold", report });
    } catch (cause) {
      if (cause instanceof UnreadableFile) texts.current = {};
      const { kind } = asFault(cause);
      if (kind === "too_large") return void show({ is: "tooLarge" });
      if (kind !== "refused") return void show({ is: "failed", cause });
      // It may only be a question.
      const asked = await test(chosen).catch(() => null);
      const misfit = asked !== null && asked.chosen !== chosen;
      if (asked && (misfit || mayBeChosen(asked.test))) {
        setChoices(asked.chosen);
        show({ is: "asking", test: asked.test, busy: false, fault: null, misfit });
      } else {
        show({ is: "failed", cause });
      }
    }
  }, [callSize, client, file, journal.id, test]);

  const carryOut = useCallback(async (remember: boolean) => {
    setStage({ is: "importing", share: 0 });
    try {
      const report = await importFile(client, journal.id, file.name, await whole(), choices, remember,
        (share) => setStage({ is: "importing", share: share < 1 ? share : null }));
      setStage({ is: "done", report });
    } catch (cause) {
      setStage({ is: "failed", cause });
    }
    for (const queryKey of [journalsKey, linesKey, reviewsKey]) void queries.invalidateQueries({ queryKey });
  }, [choices, client, file, journal.id, queries]);

  useEffect(() => {
    void look({});
    return () => void newest.current++;
  }, [look]);

  return {
    stage, choices, carryOut: (remember) => void carryOut(remember),
    choose: (chosen) => void ask(chosen), adjust: () => void ask(choices), look: () => void look(choices),
  };
}

/** Accounts of a file that have a name only, so that nobody but the user knows which is the journal's. */
export function unnamedAccounts(test: MappingTest): string[] {
  return test.accounts.length > 1 ? test.accounts.filter((account) => !/^[A-Z]{2}\d{2}/.test(account)) : [];
}

function mayBeChosen(test: MappingTest): boolean {
  return test.question ? Boolean(test.question.option) : unnamedAccounts(test).length > 1;
}
