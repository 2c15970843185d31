/**
 * Lets the pollers of Spring Integration take nothing more in the drain.
 */
@NullMarked
package io.github.gracefulboot.messaging.integration;

import org.jspecify.annotations.NullMarked;
