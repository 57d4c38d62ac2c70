export const model = {
};
