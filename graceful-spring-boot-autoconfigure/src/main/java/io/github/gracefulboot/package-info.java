/**
 * What applications code against. Everything in the packages below is internal, and
 * subject to change without notice.
 */
@NullMarked
package io.github.gracefulboot;

import org.jspecify.annotations.NullMarked;
