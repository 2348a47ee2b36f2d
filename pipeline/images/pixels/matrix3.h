/* matrix3.h: matrices of three rows and columns, as colours use them. */
#ifndef KNEE_MATRIX3_H
#define KNEE_MATRIX3_H

/* The inverse, by cofactors; of a matrix that has none the values are not finite. m and inverse may be the same. */
void matrix3_invert(double m[3][3], double inverse[3][3]);

#endif
