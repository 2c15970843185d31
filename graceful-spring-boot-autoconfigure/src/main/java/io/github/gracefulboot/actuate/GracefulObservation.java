package io.github.gracefulboot.actuate;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What is observed of a shutdown.
 */
enum GracefulObservation implements ObservationDocumentation {

	/**
	 * The shutdown, from the announce until all work is done.
	 */
	SHUTDOWN {

		@Override
		public String getName() {
			return "graceful.shutdown";
		}

		@Override
		public String getContextualName() {
			return "shutdown";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.REASON, Key.OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { Key.SOURCE, Key.LOST };
		}

	},

	/**
	 * A stage of the shutdown, whose observation is its parent.
	 */
	STAGE {

		@Override
		public String getName() {
			return "graceful.shutdown.stage";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.STAGE, Key.END };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { Key.DETAIL };
		}

	};

	/**
	 * Key names of the observations.
	 */
	enum Key implements KeyName {

		/**
		 * Why the application shuts down, such as {@code sigterm}.
		 */
		REASON("reason"),

		/**
		 * {@code clean} or {@code forced}.
		 */
		OUTCOME("outcome"),

		/**
		 * Who asked for the shutdown, such as {@code SIGTERM}.
		 */
		SOURCE("source"),

		/**
		 * How much work was cut off or abandoned.
		 */
		LOST("lost"),

		/**
		 * The stage, such as {@code lame-duck}.
		 */
		STAGE("stage"),

		/**
		 * What ended the stage, such as {@code probes} or {@code time-up}.
		 */
		END("end"),

		/**
		 * How the stage ended, in words.
		 */
		DETAIL("detail");

		private final String name;

		Key(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

}
