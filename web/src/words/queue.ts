export const queue = {
};
