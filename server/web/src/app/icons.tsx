import type { ReactNode } from "react";

/** Line icons on a 24-unit grid, as tall as the text beside them; decoration only, so hidden from screen readers. */
function icon(drawing: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8"
        strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        {drawing}
      </svg>
    );
  };
}

export const SyncIcon = icon(<><path d="M19.5 9A8 8 0 0 0 5 7.5L3.5 9.5" /><path d="M3.5 4.5v5h5" /><path d="M4.5 15A8 8 0 0 0 19 16.5l1.5-2" /><path d="M20.5 19.5v-5h-5" /></>);
export const SunIcon = icon(<><circle cx="12" cy="12" r="4" /><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4" /></>);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z" />);
export const BankIcon = icon(<><path d="M3.5 9.5 12 4l8.5 5.5z" /><path d="M6 10v7M10 10v7M14 10v7M18 10v7M3.5 20h17" /></>);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const AlertIcon = icon(<><path d="M12 4 2.8 19.5h18.4z" /><path d="M12 10v4.5M12 17.2v.1" /></>);
export const SearchIcon = icon(<><circle cx="11" cy="11" r="6.5" /><path d="m20 20-4.3-4.3" /></>);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const ArrowLeftIcon = icon(<path d="M19 12H5M11 6l-6 6 6 6" />);
export const ChevronIcon = icon(<path d="m9 6 6 6-6 6" />);
export const LogOutIcon = icon(<><path d="M14 4.5H6.5a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1H14" /><path d="M10.5 12h10M17 8.5l3.5 3.5-3.5 3.5" /></>);
export const QuestionIcon = icon(<><circle cx="12" cy="12" r="8.5" /><path d="M9.5 9.7a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1.8-1.1 1.7M12 16.6v.1" /></>);
export const FileIcon = icon(<><path d="M13.5 3.5H7a1 1 0 0 0-1 1v15a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V8z" /><path d="M13.5 3.5V8H18M12 17.5v-6M9.5 13.5 12 11l2.5 2.5" /></>);
export const ExternalIcon = icon(<><path d="M13.5 4.5h6v6M19.5 4.5l-9 9" /><path d="M17.5 14v4.5a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1H10" /></>);
