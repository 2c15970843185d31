/**
 * Lets the work of executors and schedulers finish while everything it uses still runs.
 */
@NullMarked
package io.github.gracefulboot.executor;

import org.jspecify.annotations.NullMarked;
