export const library = {
  trashed: (count: number) => (count === 1 ? "Moved to the trash." : `${count} pictures moved to the trash.`),
};
