/**
 * Lets running jobs of Quartz finish and fires no further ones.
 */
@NullMarked
package io.github.gracefulboot.executor.quartz;

import org.jspecify.annotations.NullMarked;
