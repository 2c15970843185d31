/**
 * Readiness: refuses it when a stop begins and knows which requests ask for it.
 */
@NullMarked
package io.github.gracefulboot.readiness;

import org.jspecify.annotations.NullMarked;
