/* SPDX-License-Identifier: GPL-2.0-only */
/* Published packets, in hexadecimal digits. */
#ifndef ADIT_SELFTEST_VECTORS_H
#define ADIT_SELFTEST_VECTORS_H

#include <linux/types.h>
#include <uapi/linux/adit.h>

/**
 * struct vector - a packet
 * @name: where it was published
 * @encr: ADIT_ENCR_*
 * @integ: ADIT_INTEG_*
 * @esn: 64-bit sequence numbers
 * @high: upper half of its sequence number
 * @raw: @plain ends in no ESP trailer
 * @key: of @encr, with the salt
 * @integ_key: of @integ
 * @plain: what is encrypted, trailer included
 * @packet: SPI, sequence number and IV; ciphertext; ICV
 */
struct vector {
	const char *name;
	u16 encr;
	u16 integ;
	bool esn;
	u32 high;
	bool raw;
	const char *key;
	const char *integ_key;
	const char *plain;
	const char *packet;
};

/*
 * RFC 3602 and RFC 3686 have no ICV: HMAC-SHA2-256-128 with the octets 1 to 32
 * as its key has been added, and an ESP header where there was none. Where
 * nothing was published, OpenSSL has made the packet. A published MAC is an ICV
 * of NULL encryption, if the first octets of its text are taken for SPI and
 * sequence number.
 */
static const struct vector vectors[] = {
	{
		.name = "draft-mcgrew-gcm-test-01, case 1",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x87654321,
		.key = "4c80cdef bb5d10da 906ac73c 3613a634 2e443b68",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020201\n",
		.packet =
			"00004321 00000000 4956ed7e 3b244cfe\n"
			"fecf537e 729d5b07 dc30df52 8dd22b76 8d1b9873 6696a6fd\n"
			"348509fa 13ceac34 cfa2436f 14a3f3cf 65925bf1 f4a13c5d\n"
			"15b21e18 84f5ff62 47aeabb7 86b93bce 61bc17d7 68fd9732\n"
			"45901814 8f6cbe72 2fd04796 562dfdb4\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 2",
		.encr = ADIT_ENCR_AES_GCM_16,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafebabe",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a facedbad decaf888\n"
			"deb22cd9 b07c72c1 6e3a65be eb8df304 a5a5897d 33ae530f\n"
			"1ba76d5d 114d2a5c 3de81827 c10e9a4f 51330d0e ec416642\n"
			"cfbb85a5 b47e48a4 ec3b9ba9 5d918bd1\n"
			"83b70d3a a8bc6ee4 c309e9d8 5a41ad4a\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 3",
		.encr = ADIT_ENCR_AES_GCM_16,
		.key =
			"abbccdde f0011223 34455667 78899aab abbccdde f0011223\n"
			"34455667 78899aab 11223344\n",
		.plain =
			"45000030 69a64000 80062690 c0a80102 9389155e 0a9e008b\n"
			"2dc57ee0 00000000 70024000 20bf0000 020405b4 01010402\n"
			"01020201\n",
		.packet =
			"4a2cbfe3 00000002 01020304 05060708\n"
			"ff425c9b 724599df 7a3bcd51 0194e00d 6a78107f 1b0b1cbf\n"
			"06efae9d 65a5d763 748a6379 85771d34 7f054565 9f14e99d\n"
			"ef842d8e\n"
			"b335f4ee cfdbf831 824b4c49 15956c96\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 4",
		.encr = ADIT_ENCR_AES_GCM_16,
		.key = "00000000 00000000 00000000 00000000 00000000",
		.plain =
			"4500003c 99c50000 8001cb7a 40679318 01010101 0800075c\n"
			"02004400 61626364 65666768 696a6b6c 6d6e6f70 71727374\n"
			"75767761 62636465 66676869 01020201\n",
		.packet =
			"00000000 00000001 00000000 00000000\n"
			"4688daf2 f973a392 732909c3 31d56d60 f694abaa 414b5e7f\n"
			"f5fdcdff f5e9a284 45647649 2719ffb6 4de7d9dc a1e1d894\n"
			"bc3bd578 73ed4d18 1d19d4d5 c8c18af3\n"
			"f821d496 eeb096e9 8ad2b69e 4799c71d\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 5",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x10101010,
		.key = "3de09874 b388e649 1988d0c3 607eae1f 57690e43",
		.plain =
			"4500003c 99c30000 8001cb7c 40679318 01010101 0800085c\n"
			"02004300 61626364 65666768 696a6b6c 6d6e6f70 71727374\n"
			"75767761 62636465 66676869 01020201\n",
		.packet =
			"42f67e3f 10101010 4e280000 a2fca1a3\n"
			"fba2caa4 853cf9f0 f22cb10d 86dd83b0 fec75691 cf1a04b0\n"
			"0d1138ec 9c357917 65acbd87 01ad7984 5bf9fe3f ba487bc9\n"
			"1755e666 2b4c8d0d 1f5e2273 9530320a\n"
			"e0d731cc 978ecafa eae88f00 e80d6e48\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 6",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x10101010,
		.key = "3de09874 b388e649 1988d0c3 607eae1f 57690e43",
		.plain =
			"4500001c 42a20000 8001441f 406793b6 e0000002 0a00f5ff\n"
			"01020201\n",
		.packet =
			"42f67e3f 10101010 4e280000 a2fca1a3\n"
			"fba2ca84 5e5df9f0 f22c3e6e 86dd831e 1fc65792 cd1af913\n"
			"0e1379ed\n"
			"369f071f 35e034be 95f112e4 e7d05d35\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 7",
		.encr = ADIT_ENCR_AES_GCM_16,
		.key =
			"feffe992 8665731c 6d6a8f94 67308308 feffe992 8665731c\n"
			"cafebabe\n",
		.plain =
			"45000028 a4ad4000 40067880 0a01038f 0a010612 802306b8\n"
			"cb712602 dd6bb03e 501016d0 75680001\n",
		.packet =
			"0000a5f8 0000000a facedbad decaf888\n"
			"a5b1f806 6029aea4 0e598b81 22de0242 0938b3ab 33f828e6\n"
			"87b8858b 5bfbdbd0 315b2745 2144cc77\n"
			"95457b96 52037f53 18027b5b 4cd7a636\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 8",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.key = "abbccdde f0011223 34455667 78899aab decaf888",
		.plain =
			"45000049 33ba0000 7f119106 c3fb1d10 c2b1d326 c02831ce\n"
			"0035dd7b 800302d5 00004e20 001e8c18 d75b81dc 91baa047\n"
			"6b91b924 b280389d 92c963ba c046ec95 9b6266c0 4722b149\n"
			"23010101\n",
		.packet =
			"00000100 00000001 cafedeba ceface74\n"
			"18a6fd42 f72cbf4a b2a2ea90 1f73d814 e3e7f243 d95412e1\n"
			"c349c1d2 fbec168f 9190feeb af2cb019 84e65863 965d7472\n"
			"b79da345 e0e78019 1f0d2f0e 0f496c22 6f2127b2 7db35724\n"
			"e7845d68\n"
			"651f57e6 5f354f75 ff170157 69623436\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 9",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x156f3126,
		.key =
			"abbccdde f0011223 34455667 78899aab abbccdde f0011223\n"
			"34455667 78899aab 73616c74\n",
		.plain =
			"45080028 732c0000 4006e9f9 0a010612 0a01038f 06b88023\n"
			"dd6bafbe cb712602 50101f64 6d540001\n",
		.packet =
			"17405e67 dd0db99b 616e6401 69766563\n"
			"f2d69ecd bd5a0d5b 8d5ef38b ad4da58d 1f278fde 98ef6754\n"
			"9d524a30 18d9a57f f4d3a31c e673119e\n"
			"451626c2 415771e3 b7eebca6 14c89b35\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 10",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x10101010,
		.key = "3de09874 b388e649 1988d0c3 607eae1f 57690e43",
		.plain =
			"45000049 333e0000 7f119182 c3fb1d10 c2b1d326 c02831ce\n"
			"0035cb45 8003025b 000001e0 001e8c18 d65759d5 2284a035\n"
			"2c71475c 8880391c 764d6e5e e0496b32 5ae270c0 38994939\n"
			"15010101\n",
		.packet =
			"42f67e3f 10101010 4e280000 a2fca1a3\n"
			"fba2cad1 2fc1f9f0 0d3cebf3 05410db8 3d7784b6 07323d22\n"
			"0f24b0a9 7d541828 00cadb0f 68d99ef0 e0c0c89a e9bea888\n"
			"4e52d65b c1afd074 0f742444 747b5b39 ab533163 aad4550e\n"
			"e5160975\n"
			"cdb608c5 76918960 9763b8e1 8caa81e2\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 11",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0x156f3126,
		.key =
			"abbccdde f0011223 34455667 78899aab abbccdde f0011223\n"
			"34455667 78899aab 73616c74\n",
		.plain =
			"63697363 6f017275 6c657301 74686501 6e657477 65016465\n"
			"66696e65 01746865 74656368 6e6f6c6f 67696573 01746861\n"
			"7477696c 6c016465 66696e65 746f6d6f 72726f77 01020201\n",
		.packet =
			"17405e67 dd0db99b 616e6401 69766563\n"
			"d4b7ed86 a1777f2e a13d6973 d324c69e 7b43f826 fb568312\n"
			"26508beb d2dceb18 d0a6df10 e5487df0 74113e14 c641024e\n"
			"3e6773d9 1a62ee42 9b043a10 e3efe6b0 12a49363 412364f8\n"
			"c0cac587 f249e56b 11e24f30 e44ccc76\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 12",
		.encr = ADIT_ENCR_AES_GCM_16,
		.key = "7d773d00 c144c525 ac619d18 c84a3f47 d9664267",
		.plain = "01020201",
		.packet =
			"335467ae ffffffff 43457e91 82443bc6\n"
			"437f866b\n"
			"cb3f699f e9b0822b ac961c45 04bef270\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 13",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.key = "abbccdde f0011223 34455667 78899aab decaf888",
		.plain = "746f0162 65016f72 016e6f74 01746f01 62650001",
		.packet =
			"00000100 00000001 cafedeba ceface74\n"
			"29c9fc69 a197d038 ccdd14e2 ddfcaa05 43332164\n"
			"41250352 4303ed3c 6c5f2838 43af8c3e\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 14",
		.encr = ADIT_ENCR_AES_GCM_16,
		.esn = true,
		.high = 0xffffffff,
		.key =
			"6c656761 6c697a65 6d617269 6a75616e 61616e64 646f6974\n"
			"6265666f 72656961 7475726e\n",
		.plain =
			"45000030 da3a0000 8001df3b c0a80005 c0a80001 0800c6cd\n"
			"02000700 61626364 65666768 696a6b6c 6d6e6f70 71727374\n"
			"01020201\n",
		.packet =
			"796b6963 ffffffff 33302169 6765746d\n"
			"f97ab2aa 356d8edc e17644ac 8c78e25d d24dedbb 29ebf1b6\n"
			"4a274b39 b49c3a86 4cd3d78c a4ae68a3 2b42458f b57dbe82\n"
			"1dcc63b9\n"
			"d0937ba2 945f6693 68661a32 9fb4c053\n",
	},
	{
		.name = "RFC 7634, appendix A",
		.encr = ADIT_ENCR_CHACHA20_POLY1305,
		.key =
			"80818283 84858687 88898a8b 8c8d8e8f 90919293 94959697\n"
			"98999a9b 9c9d9e9f a0a1a2a3\n",
		.plain =
			"45000054 a6f20000 4001e778 c6336405 c0000205 08005b7a\n"
			"3a080000 553bec10 00073627 08090a0b 0c0d0e0f 10111213\n"
			"14151617 18191a1b 1c1d1e1f 20212223 24252627 28292a2b\n"
			"2c2d2e2f 30313233 34353637 01020204\n",
		.packet =
			"01020304 00000005 10111213 14151617\n"
			"24039428 b97f417e 3c13753a 4f05087b 67c352e6 a7fab1b9\n"
			"82d466ef 407ae5c6 14ee8099 d52844eb 61aa95df ab4c02f7\n"
			"2aa71e7c 4c4f64c9 befe2fac c638e8f3 cbec163f ac469b50\n"
			"2773f6fb 94e664da 9165b828 29f641e0\n"
			"76aaa826 6b7fb0f7 b11b3699 07e1ad43\n",
	},
	{
		.name = "RFC 3602, case 1",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "06a92140 36b8a15b 512e03d5 34120006",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain = "53696e67 6c652062 6c6f636b 206d7367",
		.packet =
			"00000000 00000001 3dafba42 9d9eb430 b422da80 2c9fac41\n"
			"e353779c 1079aeb8 2708942d be77181a\n"
			"e64fb8c8 915a11b8 d55da7bd 770e6e49\n",
	},
	{
		.name = "RFC 3602, case 2",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "c286696d 887c9aa0 611bbb3e 2025a45a",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f\n",
		.packet =
			"00000000 00000002 562e1799 6d093d28 ddb3ba69 5a2e6f58\n"
			"d296cd94 c2cccf8a 3a863028 b5e1dc0a 7586602d 253cfff9\n"
			"1b8266be a6d61ab1\n"
			"302c1d52 125e7a20 48abbc39 d431f2d3\n",
	},
	{
		.name = "RFC 3602, case 3",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "6c3ea047 7630ce21 a2ce334a a746c2cd",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"54686973 20697320 61203438 2d627974 65206d65 73736167\n"
			"65202865 78616374 6c792033 20414553 20626c6f 636b7329\n",
		.packet =
			"00000000 00000001 c782dc4c 098c66cb d9cd27d8 25682c81\n"
			"d0a02b38 36451753 d493665d 33f0e886 2dea54cd b293abc7\n"
			"50693927 6772f8d5 021c1921 6bad525c 8579695d 83ba2684\n"
			"45ef141d ce40ae4d 53a9777d c0cef4af\n",
	},
	{
		.name = "RFC 3602, case 4",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "56e47a38 c5598974 bc46903d ba290349",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"a0a1a2a3 a4a5a6a7 a8a9aaab acadaeaf b0b1b2b3 b4b5b6b7\n"
			"b8b9babb bcbdbebf c0c1c2c3 c4c5c6c7 c8c9cacb cccdcecf\n"
			"d0d1d2d3 d4d5d6d7 d8d9dadb dcdddedf\n",
		.packet =
			"00000000 00000001 8ce82eef bea0da3c 44699ed7 db51b7d9\n"
			"c30e32ff edc0774e 6aff6af0 869f71aa 0f3af07a 9a31a9c6\n"
			"84db207e b0ef8e4e 35907aa6 32c3ffdf 868bb7b2 9d3d46ad\n"
			"83ce9f9a 102ee99d 49a53e87 f4c3da55\n"
			"bd73a42f dc2e19e3 bb99447b 301d5023\n",
	},
	{
		.name = "RFC 3602, case 5",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key = "90d382b4 10eeba7a d938c46c ec1a82bf",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"08000ebd a70a0000 8e9c083d b95b0700 08090a0b 0c0d0e0f\n"
			"10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627\n"
			"28292a2b 2c2d2e2f 30313233 34353637 01020304 05060708\n"
			"090a0b0c 0d0e0e01\n",
		.packet =
			"00004321 00000001 e96e8c08 ab465763 fd098d45 dd3ff893\n"
			"f663c25d 325c18c6 a9453e19 4e120849 a4870b66 cc6b9965\n"
			"330013b4 898dc856 a4699e52 3a55db08 0b59ec3a 8e4b7e52\n"
			"775b07d1 db34ed9c 538ab50c 551b874a a269add0 47ad2d59\n"
			"13ac19b7 cfbad4a6\n"
			"a4de5ff4 f4cf744b 89129c5b 5e3efa4b\n",
	},
	{
		.name = "RFC 3602, case 6",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key = "90d382b4 10eeba7a d938c46c ec1a82bf",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"0800b5e8 a80a0500 a69c083d 0b660e00 77777777 77777777\n"
			"77777777 01020201\n",
		.packet =
			"00004321 00000008 69d08df7 d203329d b093fc49 24e5bd80\n"
			"f5199588 1ec4e0c4 488987ce 742e8109 689bb379 d2d750c0\n"
			"d915dca3 46a89f75\n"
			"13c65894 82d4984d 98be85dd ba8e85fe\n",
	},
	{
		.name = "RFC 3602, case 7",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key = "01234567 89abcdef 01234567 89abcdef",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"45000054 09040000 4001f988 c0a87b03 c0a87bc8 08009f76\n"
			"a90a0100 b49c083d 02a20400 08090a0b 0c0d0e0f 10111213\n"
			"14151617 18191a1b 1c1d1e1f 20212223 24252627 28292a2b\n"
			"2c2d2e2f 30313233 34353637 01020304 05060708 090a0a04\n",
		.packet =
			"00008765 00000002 f4e76524 4f6407ad f13dc138 0f673f37\n"
			"773b5241 a4c44922 5e4f3ce5 ed611b0c 237ca96c f74a9301\n"
			"3c1b0ea1 a0cf70f8 e4ecaec7 8ac53aad 7a0f022b 859243c6\n"
			"47752e94 a859352b 8a4d4d2d ecd136e5 c177f132 ad3fbfb2\n"
			"201ac990 4c74ee0a 109e0ca1 e4dfe9d5 a100b842 f1c22f0d\n"
			"6f6caeb6 0b1cdfc8 35715d34 2eb67bf2\n",
	},
	{
		.name = "RFC 3602, case 8",
		.encr = ADIT_ENCR_AES_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key = "01234567 89abcdef 01234567 89abcdef",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"45000044 090c0000 4001f990 c0a87b03 c0a87bc8 0800d63c\n"
			"aa0a0200 c69c083d a3de0300 ffffffff ffffffff ffffffff\n"
			"ffffffff ffffffff ffffffff ffffffff ffffffff 01020304\n"
			"05060708 090a0a04\n",
		.packet =
			"00008765 00000005 85d47224 b5f3dd5d 2101d4ea 8dffab22\n"
			"15b92683 819596a8 047232cc 00f7048f e45318e1 1f8a0f62\n"
			"ede3c3fc 61203bb5 0f980a08 c9843fd3 a1b06d5c 07ff9639\n"
			"b7eb7dfb 3512e5de 435e7207 ed971ef3 d2726d9b 5ef6affc\n"
			"6d17a0de cbb13892\n"
			"e913fdc3 e42c715d 6e24b578 cd1e8b6d\n",
	},
	{
		.name = "RFC 2202, HMAC-SHA1, case 5",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA1_96,
		.raw = true,
		.integ_key = "0c0c0c0c 0c0c0c0c 0c0c0c0c 0c0c0c0c 0c0c0c0c",
		.plain = "68205472 756e6361 74696f6e",
		.packet =
			"54657374 20576974\n"
			"68205472 756e6361 74696f6e\n"
			"4c1a0342 4b55e07f e7f27be1\n",
	},
	{
		.name = "RFC 2202, HMAC-SHA1, case 3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA1_96,
		.raw = true,
		.integ_key = "aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"125d7342 b9ac11cd 91a39af4\n",
	},
	{
		.name = "RFC 4868, AUTH256-3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.integ_key =
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n"
			"aaaaaaaa aaaaaaaa\n",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"cdcb1220 d1ecccea 91e53aba 3092f962\n",
	},
	{
		.name = "RFC 4868, AUTH256-4",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n",
		.packet =
			"cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n"
			"372efcf9 b40b35c2 115b1346 903d2ef4\n",
	},
	{
		.name = "RFC 4868, AUTH384-3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_384_192,
		.raw = true,
		.integ_key =
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n"
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"809f439b e0027432 1d4a5386 52164b53 554a5081 84a0c316\n",
	},
	{
		.name = "RFC 4868, AUTH384-4",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_384_192,
		.raw = true,
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20 0a0b0c0d 0e0f1011 12131415 16171819\n",
		.plain =
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n",
		.packet =
			"cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n"
			"5b540085 c6e63580 96532b24 93609ed1 cb298f77 4f87bb5c\n",
	},
	{
		.name = "RFC 4868, AUTH512-3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_512_256,
		.raw = true,
		.integ_key =
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n"
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n"
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"2ee7acd7 83624ca9 398710f3 ee05ae41 b9f9b051 0c87e49e\n"
			"586cc9bf 961733d8\n",
	},
	{
		.name = "RFC 4868, AUTH512-4",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_512_256,
		.raw = true,
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20 21222324 25262728 292a2b2c 2d2e2f30\n"
			"31323334 35363738 393a3b3c 3d3e3f40\n",
		.plain =
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n",
		.packet =
			"cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd\n"
			"cdcdcdcd cdcdcdcd cdcdcdcd cdcdcdcd cdcd\n"
			"5e6688e5 a3daec82 6ca32eae a224eff5 e7006289 47470e13\n"
			"ad013025 61bab108\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 1, with CCM",
		.encr = ADIT_ENCR_AES_CCM_16,
		.esn = true,
		.high = 0x87654321,
		.key = "4c80cdef bb5d10da 906ac73c 3613a634 2e443b",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020201\n",
		.packet =
			"00004321 00000000 4956ed7e 3b244cfe\n"
			"89ba3eef e6d6cfdb 8360f5ba 3a5679e6 7e0c53cf 9e87e04e\n"
			"1a260124 c72e3dbf 292c91c1 b8a8cfe0 39f8536d 31222bbf\n"
			"9881fc34 ee8536cd 26db6c7a 0c778a35 188554b2 bcdd3f43\n"
			"61068adf 863fb4ac 97dcbdfd 9210c5ff\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 1, with CCM",
		.encr = ADIT_ENCR_AES_CCM_12,
		.esn = true,
		.high = 0x87654321,
		.key = "4c80cdef bb5d10da 906ac73c 3613a634 2e443b",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020201\n",
		.packet =
			"00004321 00000000 4956ed7e 3b244cfe\n"
			"89ba3eef e6d6cfdb 8360f5ba 3a5679e6 7e0c53cf 9e87e04e\n"
			"1a260124 c72e3dbf 292c91c1 b8a8cfe0 39f8536d 31222bbf\n"
			"9881fc34 ee8536cd 26db6c7a 0c778a35 188554b2 bcdd3f43\n"
			"53b93380 cd670d64 79ba6d8d\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 1, with CCM",
		.encr = ADIT_ENCR_AES_CCM_8,
		.esn = true,
		.high = 0x87654321,
		.key = "4c80cdef bb5d10da 906ac73c 3613a634 2e443b",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020201\n",
		.packet =
			"00004321 00000000 4956ed7e 3b244cfe\n"
			"89ba3eef e6d6cfdb 8360f5ba 3a5679e6 7e0c53cf 9e87e04e\n"
			"1a260124 c72e3dbf 292c91c1 b8a8cfe0 39f8536d 31222bbf\n"
			"9881fc34 ee8536cd 26db6c7a 0c778a35 188554b2 bcdd3f43\n"
			"7ddd507f 14e1cf28\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 2, its ICV cut",
		.encr = ADIT_ENCR_AES_GCM_12,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafebabe",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a facedbad decaf888\n"
			"deb22cd9 b07c72c1 6e3a65be eb8df304 a5a5897d 33ae530f\n"
			"1ba76d5d 114d2a5c 3de81827 c10e9a4f 51330d0e ec416642\n"
			"cfbb85a5 b47e48a4 ec3b9ba9 5d918bd1\n"
			"83b70d3a a8bc6ee4 c309e9d8\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, case 2, its ICV cut",
		.encr = ADIT_ENCR_AES_GCM_8,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafebabe",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a facedbad decaf888\n"
			"deb22cd9 b07c72c1 6e3a65be eb8df304 a5a5897d 33ae530f\n"
			"1ba76d5d 114d2a5c 3de81827 c10e9a4f 51330d0e ec416642\n"
			"cfbb85a5 b47e48a4 ec3b9ba9 5d918bd1\n"
			"83b70d3a a8bc6ee4\n",
	},
	{
		.name = "draft-mcgrew-gcm-test-01, with GMAC",
		.encr = ADIT_ENCR_NULL_AUTH_AES_GMAC,
		.key = "4c80cdef bb5d10da 906ac73c 3613a634 22433c64",
		.plain =
			"45000030 da3a0000 8001df3b c0a80005 c0a80001 0800c6cd\n"
			"02000700 61626364 65666768 696a6b6c 6d6e6f70 71727374\n"
			"01020201\n",
		.packet =
			"00004321 00000007 00000000 00000000\n"
			"45000030 da3a0000 8001df3b c0a80005 c0a80001 0800c6cd\n"
			"02000700 61626364 65666768 696a6b6c 6d6e6f70 71727374\n"
			"01020201\n"
			"f2a9a836 e155106a a8dcd618 e4099aaa\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none",
		.encr = ADIT_ENCR_AES_GCM_16_IIV,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafebabe",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"f87de379 361420bc 9356ef5c b501b86f e0f401cf 2bba0511\n"
			"051c01a2 d732c079 6d094a75 0950569c f2d69591 ec12bbed\n"
			"33123b38 e4e4ec96 00e90e39 64a98bcd\n"
			"3c54f90d f9f0f597 e754aefe 9ce31554\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none, ESN",
		.encr = ADIT_ENCR_AES_GCM_16_IIV,
		.esn = true,
		.high = 0x87654321,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafebabe",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"ad119d67 19fa2bcc fc767c10 de578b90 57e832d6 a93f46df\n"
			"2d691d34 5f01e225 3d8cef55 9ac49822 5cbd6f34 06a30c42\n"
			"f3680233 021debd9 1fd15776 6a2bd95a\n"
			"b902e3ce 5fe22037 4b03de63 351c452a\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none",
		.encr = ADIT_ENCR_AES_CCM_8_IIV,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafeba",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"0106eadb b1c06fe8 61903738 de5c5a2e 8cfec890 0ab989be\n"
			"460a3103 51177e4b 94d0c01c dd4c4f3c 74ecc1bb 2c6746e8\n"
			"92867649 844b1863 b97e264f 8c35d91e\n"
			"006f760c 67da34d6\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none, ESN",
		.encr = ADIT_ENCR_AES_CCM_8_IIV,
		.esn = true,
		.high = 0x87654321,
		.key = "feffe992 8665731c 6d6a8f94 67308308 cafeba",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"763e614e 907fbd8d 7fdb99ed c5e9bd2a db51899b 61b6db61\n"
			"1a5127ff 0033cdc1 ab91b605 408433f9 1edd5932 75b383ed\n"
			"febe9092 42f82fde 2d00d662 0a4c10d3\n"
			"1632aad7 401303ba\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none",
		.encr = ADIT_ENCR_CHACHA20_POLY1305_IIV,
		.key =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f a0a1a2a3\n",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"be8815d1 37be4b17 59843d6d 31af5df4 48049415 79515311\n"
			"9d758a9a 18b2c8bb d686cdb0 648312ad 3c42b94d a69b1550\n"
			"e199e77e f66e807d f17e2138 3e8114d5\n"
			"e8ac04c2 eceb91ab d11ec232 fa7822ec\n",
	},
	{
		.name = "made with OpenSSL, RFC 8750 has none, ESN",
		.encr = ADIT_ENCR_CHACHA20_POLY1305_IIV,
		.esn = true,
		.high = 0x87654321,
		.key =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f a0a1a2a3\n",
		.plain =
			"4500003e 698f0000 80114dcc c0a80102 c0a80101 0a980035\n"
			"002a2343 b2d00100 00010000 00000000 03736970 09637962\n"
			"65726369 74790264 6b000001 00010001\n",
		.packet =
			"0000a5f8 0000000a\n"
			"5129097a dce21b81 6ad40436 37d47c24 ee0f64bf a35eae37\n"
			"12e24cb4 88c598fd 0474dae6 b4edb9d3 645e9b6b a6c4175f\n"
			"cac38af4 ca42b786 94550234 a1fc767f\n"
			"d30d66b0 52e22779 55143739 9f975beb\n",
	},
	{
		.name = "RFC 3686, test vector 1",
		.encr = ADIT_ENCR_AES_CTR,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "ae6852f8 121067cc 4bf7a576 5577f39e 00000030",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain = "53696e67 6c652062 6c6f636b 206d7367",
		.packet =
			"00004321 00000001 00000000 00000000\n"
			"e4095d4f b7a7b379 2d6175a3 261311b8\n"
			"ba0ac020 24aff044 564131e5 15669f82\n",
	},
	{
		.name = "RFC 3686, test vector 2",
		.encr = ADIT_ENCR_AES_CTR,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key = "7e240678 17fae0d7 43d6ce1f 32539163 006cb6db",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f\n",
		.packet =
			"00004321 00000001 c0543b59 da48d90b\n"
			"5104a106 168a72d9 790d41ee 8edad388 eb2e1efc 46da57c8\n"
			"fce630df 9141be28\n"
			"b31c59fb 41d8aa13 8922f9af 53818322\n",
	},
	{
		.name = "RFC 3686, test vector 5",
		.encr = ADIT_ENCR_AES_CTR,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key =
			"7c5cb240 1b3dc33c 19e73408 19e0f69c 678c3db8 e6f6a91a\n"
			"0096b03b\n",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f\n",
		.packet =
			"00004321 00000001 020c6ead c2cb500d\n"
			"453243fc 609b2332 7edfaafa 7131cd9f 8490701c 5ad4a79c\n"
			"fc1fe0ff 42f4fb00\n"
			"1d28aae7 7ce2b709 74373d87 7bd069c8\n",
	},
	{
		.name = "RFC 3686, test vector 8",
		.encr = ADIT_ENCR_AES_CTR,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.raw = true,
		.key =
			"f6d66d6b d52d59bb 07963658 79eff886 c66dd51a 5b6a9974\n"
			"4b50590c 87a23884 00faac24\n",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617\n"
			"18191a1b 1c1d1e1f\n",
		.packet =
			"00004321 00000001 c1585ef1 5a43d875\n"
			"f05e231b 3894612c 49ee000b 804eb2a9 b8306b50 8f839d6a\n"
			"5530831d 9344af1c\n"
			"ec2c4f9a eb87c591 172a7b17 1a0ff59c\n",
	},
	{
		.name = "made with OpenSSL, RFC 5529 has none",
		.encr = ADIT_ENCR_CAMELLIA_CBC,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key = "01234567 89abcdef fedcba98 76543210",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020304\n"
			"05060708 090a0a04\n",
		.packet =
			"00004321 00000001 00010203 04050607 08090a0b 0c0d0e0f\n"
			"07e738a3 99315d39 793428b3 e280e804 ae755439 24377405\n"
			"48361fa7 e9d95dc9 10a83ac2 a30b29c1 128d2248 b5587752\n"
			"ffb37648 a24dfbed 3ba565b1 0985cd19 8f430f8c 501ffd46\n"
			"c3b61960 a913adf2\n"
			"7ecd53f1 cd3c98cf 83f093bb 5605693c\n",
	},
	{
		.name = "made with OpenSSL, RFC 2451 has none",
		.encr = ADIT_ENCR_3DES,
		.integ = ADIT_INTEG_HMAC_SHA2_256_128,
		.key =
			"01234567 89abcdef 23456789 abcdef01 456789ab cdef0123\n",
		.integ_key =
			"01020304 05060708 090a0b0c 0d0e0f10 11121314 15161718\n"
			"191a1b1c 1d1e1f20\n",
		.plain =
			"45000048 699a0000 80114db7 c0a80102 c0a80101 0a9bf156\n"
			"38d30100 00010000 00000000 045f7369 70045f75 64700373\n"
			"69700963 79626572 63697479 02646b00 00210001 01020204\n",
		.packet =
			"00004321 00000001 00010203 04050607\n"
			"8f41bc46 d0faf2ee e916f1ae ebec2509 55c10ca7 da62071e\n"
			"519add63 245fbb9f 9540dba1 6d9bf35c c6a397d9 7532bdcc\n"
			"d4f07d30 5b8b09ff 009a932c 1670196f 90cff2e7 d429a12a\n"
			"300b5917 284f3ffe 9016eb80 02c7ee7a\n",
	},
	{
		.name = "RFC 2202, HMAC-MD5, case 3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_MD5_96,
		.raw = true,
		.integ_key = "aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"56be3452 1d144c88 dbb8c733\n",
	},
	{
		.name = "RFC 3566, test case 4",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_XCBC_96,
		.raw = true,
		.integ_key = "00010203 04050607 08090a0b 0c0d0e0f",
		.plain = "08090a0b 0c0d0e0f 10111213",
		.packet =
			"00010203 04050607\n"
			"08090a0b 0c0d0e0f 10111213\n"
			"47f51b45 64966215 b8985c63\n",
	},
	{
		.name = "RFC 3566, test case 5",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_XCBC_96,
		.raw = true,
		.integ_key = "00010203 04050607 08090a0b 0c0d0e0f",
		.plain =
			"08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n",
		.packet =
			"00010203 04050607\n"
			"08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n"
			"f54f0ec8 d2b9f3d3 6807734b\n",
	},
	{
		.name = "RFC 3566, test case 6",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_XCBC_96,
		.raw = true,
		.integ_key = "00010203 04050607 08090a0b 0c0d0e0f",
		.plain =
			"08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n"
			"2021\n",
		.packet =
			"00010203 04050607\n"
			"08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f\n"
			"2021\n"
			"becbb3bc cdb518a3 0677d548\n",
	},
	{
		.name = "RFC 4494, test case 2",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_CMAC_96,
		.raw = true,
		.integ_key = "2b7e1516 28aed2a6 abf71588 09cf4f3c",
		.plain = "e93d7e11 7393172a",
		.packet =
			"6bc1bee2 2e409f96\n"
			"e93d7e11 7393172a\n"
			"070a16b4 6b4d4144 f79bdd9d\n",
	},
	{
		.name = "RFC 4494, test case 3",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_CMAC_96,
		.raw = true,
		.integ_key = "2b7e1516 28aed2a6 abf71588 09cf4f3c",
		.plain =
			"e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51\n"
			"30c81c46 a35ce411\n",
		.packet =
			"6bc1bee2 2e409f96\n"
			"e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51\n"
			"30c81c46 a35ce411\n"
			"dfa66747 de9ae630 30ca3261\n",
	},
	{
		.name = "RFC 4494, test case 4",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_AES_CMAC_96,
		.raw = true,
		.integ_key = "2b7e1516 28aed2a6 abf71588 09cf4f3c",
		.plain =
			"e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51\n"
			"30c81c46 a35ce411 e5fbc119 1a0a52ef f69f2445 df4f9b17\n"
			"ad2b417b e66c3710\n",
		.packet =
			"6bc1bee2 2e409f96\n"
			"e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51\n"
			"30c81c46 a35ce411 e5fbc119 1a0a52ef f69f2445 df4f9b17\n"
			"ad2b417b e66c3710\n"
			"51f0bebf 7e3b9d92 fc497417\n",
	},
	{
		.name = "RFC 4868, AUTH256-3, its ICV cut",
		.encr = ADIT_ENCR_NULL,
		.integ = ADIT_INTEG_HMAC_SHA2_256_96,
		.raw = true,
		.integ_key =
			"aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa\n"
			"aaaaaaaa aaaaaaaa\n",
		.plain =
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n",
		.packet =
			"dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddddddd dddddddd\n"
			"dddddddd dddddddd dddddddd dddddddd dddd\n"
			"cdcb1220 d1ecccea 91e53aba\n",
	},
};

#endif
