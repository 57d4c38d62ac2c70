export const drawing = {
};
