/**
 * Long-lived streams: which responses they are, where they may end, and what ends them.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.stream;

import org.jspecify.annotations.NullMarked;
