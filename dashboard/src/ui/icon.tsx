const paths = {
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  left: "M15 6l-6 6 6 6",
  filter: "M4 5h16l-6.5 8v5l-3 1.5V13z",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l10.5-6.5z",
  menu: "M4 7h16M4 12h16M4 17h16",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.2",
  search: "M11 4a7 7 0 100 14 7 7 0 000-14zM16.2 16.2L21 21",
  download: "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 20h14",
  overview: "M4 20V11M9.3 20V5M14.7 20v-7M20 20V8",
  explore: "M12 3a9 9 0 100 18 9 9 0 000-18zM15.5 8.5l-2 5-5 2 2-5z",
  user: "M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20c1-4 4-5.5 7.5-5.5s6.500 1.500 7.500 5.500",
  model: "M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9",
  agent: "M7 9h10v9H7zM12 9V5M10 13v1M14 13v1M4 12v3M20 12v3",
  session: "M4 5h16v11H9l-5 4z",
  unpriced: "M12 3a9 9 0 100 18 9 9 0 000-18zM9.500 9.500a2.500 2.500 0 113.500 2.300c-.7.4-1 .9-1 1.700M12 16.800v.2",
  price: "M4 4h8l8 8-8 8-8-8zM8 8v.1",
  health: "M3 12h4l2.500-6 4 12 2.500-6h5",
  connect: "M9 8V3M15 8V3M6 8h12v3a6 6 0 01-12 0zM12 17v4",
  key: "M8 11a4 4 0 100 8 4 4 0 000-8zM11 12l8-8M16 7l2.500 2.500",
  audit: "M6 4h12v16H6zM9 8.5h6M9 12h6M9 15.5h4",
  book: "M5 4h11a3 3 0 013 3v13H8a3 3 0 01-3-3z",
  theme: "M12 4a8 8 0 100 16zM12 4a8 8 0 010 16",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.8-5.3 2.8 1.1-5.9-4.3-4.1 5.9-.8z",
  pencil: "M5 19l1-4L16.500 4.500l3 3L9 18z",
  leave: "M14 4H5v16h9M10 12h10M16 8l4 4-4 4",
  external: "M8 5H5v14h14v-3M12 5h7v7M19 5l-9 9",
};

/** The name of an icon. */
export type IconName = keyof typeof paths;

/** A line icon in the colour of its text; decoration only, so the words beside it must suffice. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" className={className}>
      <path d={paths[name]} />
    </svg>
  );
}
