export const painting = {
};
