export const finish = {
};
