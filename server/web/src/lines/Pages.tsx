import { Group, Pagination, Text } from "@mantine/core";
import { useI18n } from "../i18n/I18n";
import { pageSize } from "./line";

interface PagesProps {
  page: number;
  total: number;
  /** How many stand on a page. */
  size?: number;
  label?: string;
  onPage: (page: number) => void;
}

/** Goes from page to page, the newest first. */
export function Pages({ page, total, size = pageSize, label, onPage }: PagesProps) {
  const { t, format } = useI18n();
  const from = (page - 1) * size + 1;
  const to = Math.min(total, page * size);
  const labels: Record<string, string> = {
    first: t.lines.first, previous: t.lines.previous, next: t.lines.next, last: t.lines.last,
  };
  function turn(next: number) {
    onPage(next);
    scrollTo({ top: 0 });
  }
  return (
    <Group component="nav" justify="space-between" aria-label={label ?? t.lines.pages}>
      <Text size="sm" className="quiet figures">{t.lines.range(format.number(from), format.number(to), format.number(total))}</Text>
      <Pagination value={page} total={Math.ceil(total / size)} onChange={turn} size="sm" siblings={1}
        getItemProps={(n) => ({ "aria-label": format.number(n) })}
        getControlProps={(control) => ({ "aria-label": labels[control] ?? control })} />
    </Group>
  );
}
