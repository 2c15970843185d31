/**
 * Drains the pollers and queue channels of Spring Integration. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.messaging.integration;

import org.jspecify.annotations.NullMarked;
