/**
 * Long-lived streams: how they are recognized, where they may end, and how they are
 * ended. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.stream;

import org.jspecify.annotations.NullMarked;
