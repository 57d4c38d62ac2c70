export const inpaint = {
};
