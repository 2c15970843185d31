/**
 * The hand-over of the port from one process to the next. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.handover;

import org.jspecify.annotations.NullMarked;
