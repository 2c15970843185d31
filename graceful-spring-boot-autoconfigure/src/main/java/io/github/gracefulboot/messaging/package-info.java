/**
 * What brokers and stores behind the application have in common.
 */
@NullMarked
package io.github.gracefulboot.messaging;

import org.jspecify.annotations.NullMarked;
