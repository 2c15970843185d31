/**
 * Waits for JMS brokers at start.
 */
@NullMarked
package io.github.gracefulboot.messaging.jms;

import org.jspecify.annotations.NullMarked;
